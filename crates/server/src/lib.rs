//! The HTTP door of LLMos-Lite.
