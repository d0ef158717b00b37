//! Wire types of LLMos-Lite and their conversions.
