"""The same input through host, device and TFLite's reference kernels, compared bit by bit."""
