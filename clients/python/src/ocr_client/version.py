"""The version of this package, which it also sends as part of User-Agent."""

VERSION = "0.2.0"
