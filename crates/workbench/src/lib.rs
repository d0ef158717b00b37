//! The use cases of LLMos-Lite, each with its access check.
