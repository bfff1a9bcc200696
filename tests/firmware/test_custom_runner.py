"""The runner of `pio test`: PlatformIO's own for Unity, with the small unity.h that lies here."""

from platformio.test.runners.unity import UnityTestRunner


class CustomTestRunner(UnityTestRunner):
    """Reads Unity's output format, but brings no library: PlatformIO need not ask its registry."""

    EXTRA_LIB_DEPS = None

    def configure_build_env(self, env):
        """Leave the build as it is: unity.c and unity.h lie in the tests' folder."""
        return env
