import pytest
from tiny_corpora import corpus_of


@pytest.fixture
def corpus(tmp_path):
    return corpus_of([tmp_path / f"{i}.wav" for i in range(24)])
