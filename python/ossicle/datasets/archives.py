"""The public archives that `ossicle fetch` knows: addresses, checksums, and what to keep.

A download whose checksum is not listed here is refused. None of the sums could be compared with a
download when this list was written; each says where it was published or computed.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Archive:
    """One file to download.

    Attributes:
        url: where it is.
        name: what it is called on disk.
        checksums: the sums that are accepted, "md5:..." or "sha256:...".
    """

    url: str
    name: str
    checksums: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """A corpus or a set of models, made of one or more archives.

    Attributes:
        archives: the files. A ZIP file is unpacked without the folder that all of it lies in;
            another file is kept as it is.
        licence: the terms, in a sentence for people.
        keep: of a ZIP file, the members to unpack: a pattern of their whole path below that folder.
    """

    archives: tuple[Archive, ...]
    licence: str
    keep: re.Pattern[str] = re.compile(".*")


# GitHub packs this archive when it is asked for, and its maker publishes no sum. The MD5 is listed
# by the projects soundata and HEAR, the SHA-256 by users in 2026, for 645,695,005 bytes; either may
# be what comes. A branch or a packer that changes gives another sum, which is refused.
_ESC50 = Archive(
    "https://github.com/karolpiczak/ESC-50/archive/master.zip",
    "ESC-50-master.zip",
    (
        "md5:7771e4b9d86d0945acce719c7a59305a",
        "sha256:805afc618aff80eff0641d51311647871fead5807da68bb18e43a27db47a79ce",
    ),
)
# The number at the end of a name is the class; these ten carry the flag `esc10` in meta/esc50.csv.
_ESC10_ONLY = re.compile(
    r"audio/\d-\d+-[A-Z]-(0|1|10|11|12|20|21|38|40|41)\.wav|meta/.*|LICENSE|README\.md"
)

# The MD5 sums of Zenodo's record 6337421, as the project soundata lists them.
_TAU2022 = "https://zenodo.org/records/6337421/files/"
_TAU2022_NAME = "TAU-urban-acoustic-scenes-2022-mobile-development"
_TAU2022_SUMS = {
    "meta": "419b6ff6570f1030730352dc80cd8d15",
    "doc": "9c4f610bdb5d3e3e72a17d393a26452a",
    "audio.1": "8be14bdbd844481dce059ab31fbd2239",
    "audio.2": "e821abda49b069248bb75eab39df7575",
    "audio.3": "9c7897f78bb42ca0008936daddf3f8f3",
    "audio.4": "53ec3e37c0fc0be75f53c5abbc5300b8",
    "audio.5": "528422c33c5d10263203d2c61cb1f3be",
    "audio.6": "4759a9465c903e13e57d5e82e791fc28",
    "audio.7": "6d545fc83a55a17856a9ccc1ac9aff6b",
    "audio.8": "3a2916a9b5d3f43cc7a22a62b180b0d9",
    "audio.9": "071f664c86639ad730f7be4e3c39d886",
    "audio.10": "e0839d019e9b77ecbcbb0eff85965530",
    "audio.11": "fc60f1c83726be3963ae14fbcb95eeb4",
    "audio.12": "02246547f86c0a814dc63ec65d7033bb",
    "audio.13": "88ae9ef884665140d1572d8061725e00",
    "audio.14": "c3f400d74ae90e5190dc518cde43de47",
    "audio.15": "85594c6fe4f91c10aa2a410f748103b8",
    "audio.16": "6e2df8438c69f6789414aeba8cbad9d8",
}


def _tau2022(part: str, md5: str) -> Archive:
    name = f"{_TAU2022_NAME}.{part}.zip"
    return Archive(f"{_TAU2022}{name}?download=1", name, (f"md5:{md5}",))


# SHA-256 computed from copies of the published files; MLCommons publishes no sums.
_TINY = "https://raw.githubusercontent.com/mlcommons/tiny/master/benchmark/training/"
_TINY_SUMS = {
    "keyword_spotting/trained_models/kws_ref_model.tflite": (
        "3c002613d1b2475eb51dd78dfb85a546c8ae658dee71cf6ade43b022fe205415"
    ),
    "visual_wake_words/trained_models/vww_96_int8.tflite": (
        "597a384c8c2c8a1276f04702f25013b7838f2f814f1ca7c174d295b73e3d6b7b"
    ),
    "image_classification/trained_models/pretrainedResnet_quant.tflite": (
        "3c002613d1b2475eb51dd78dfb85a546c8ae658dee71cf6ade43b022fe205415"
    ),
    "anomaly_detection/trained_models/ad01_int8.tflite": (
        "87cf24194ef93d1d9b11a591d805526b98008e351655d29883c825c9c106ba24"
    ),
}

SOURCES = {
    "esc10": Source((_ESC50,), "CC BY 3.0 (the ESC-10 subset of ESC-50)", _ESC10_ONLY),
    "esc50": Source((_ESC50,), "CC BY-NC 3.0: not for commercial use"),
    "tau2022mobile": Source(
        tuple(_tau2022(part, md5) for part, md5 in _TAU2022_SUMS.items()),
        "Tampere University: research and other non-commercial use only",
    ),
    "mlperf_tiny": Source(
        tuple(
            Archive(_TINY + path, path.rpartition("/")[2], (f"sha256:{digest}",))
            for path, digest in _TINY_SUMS.items()
        ),
        "Apache License 2.0",
    ),
}
