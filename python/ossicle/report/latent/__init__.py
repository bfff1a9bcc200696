"""What a bundle's network makes of recordings inside: its latent spaces, looked at.

`gather` runs the int8 network on windows of several recording devices with TFLite's reference
kernels and keeps what its layers give; each measure is a file of its own: how far devices are apart
(`distances`), maps of the layers in the plane (`maps`), what holes the clouds have (`topology`),
and of how many dimensions the classes are (`dimension`). `page.write` puts all on one page.
"""

from ossicle.report.latent.gathering import Latent, gather

__all__ = ["Latent", "gather"]
