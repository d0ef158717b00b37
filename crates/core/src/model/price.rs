//! What providers ask for their models: data with a date. A model that is not
//! listed has no known price, and nobody guesses one.

use super::{Cost, Usage};

/// The day on which the list was put down.
pub const PRICES_AS_OF: &str = "2025-12-01";

/// What a model costs, in US dollars per million tokens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Price {
    /// The model, as its provider calls it, without a date.
    pub model: &'static str,
    /// For what it reads.
    pub input: f64,
    /// For what it reads again from what the provider kept.
    pub cache_read: f64,
    /// For what the provider keeps.
    pub cache_write: f64,
    /// For what it writes.
    pub output: f64,
}

const PRICES: [Price; 22] = [
    anthropic("claude-opus-4-5", 5.0, 25.0),
    anthropic("claude-opus-4-1", 15.0, 75.0),
    anthropic("claude-opus-4", 15.0, 75.0),
    anthropic("claude-sonnet-4-5", 3.0, 15.0),
    anthropic("claude-sonnet-4", 3.0, 15.0),
    anthropic("claude-3-7-sonnet", 3.0, 15.0),
    anthropic("claude-3-5-sonnet", 3.0, 15.0),
    anthropic("claude-haiku-4-5", 1.0, 5.0),
    anthropic("claude-3-5-haiku", 0.8, 4.0),
    anthropic("claude-3-haiku", 0.25, 1.25),
    openai("gpt-5.1", 1.25, 0.125, 10.0),
    openai("gpt-5", 1.25, 0.125, 10.0),
    openai("gpt-5-mini", 0.25, 0.025, 2.0),
    openai("gpt-5-nano", 0.05, 0.005, 0.4),
    openai("gpt-4.1", 2.0, 0.5, 8.0),
    openai("gpt-4.1-mini", 0.4, 0.1, 1.6),
    openai("gpt-4.1-nano", 0.1, 0.025, 0.4),
    openai("gpt-4o", 2.5, 1.25, 10.0),
    openai("gpt-4o-mini", 0.15, 0.075, 0.6),
    openai("o3", 2.0, 0.5, 8.0),
    openai("o4-mini", 1.1, 0.275, 4.4),
    openai("o3-mini", 1.1, 0.55, 4.4),
];

/// What is kept for five minutes costs a quarter more, what is read from there a tenth.
const fn anthropic(model: &'static str, input: f64, output: f64) -> Price {
    Price { model, input, cache_read: input * 0.1, cache_write: input * 1.25, output }
}

/// Keeping costs nothing on top.
const fn openai(model: &'static str, input: f64, cache_read: f64, output: f64) -> Price {
    Price { model, input, cache_read, cache_write: input, output }
}

/// Returns the price of a model, with or without a date or the name of its maker in front.
pub fn price_of(model: &str) -> Option<&'static Price> {
    let name = model.rsplit('/').next().unwrap_or(model);
    PRICES.iter().find(|price| {
        let rest = name.strip_prefix(price.model);
        rest.is_some_and(|rest| {
            rest.is_empty() || is_date(rest) || rest == "-latest" || rest == "-0"
        })
    })
}

/// Counts what an answer of a model costs.
pub fn cost(model: &str, usage: &Usage) -> Cost {
    if let Some(usd) = usage.stated_usd {
        return Cost::Stated(usd);
    }
    let Some(price) = price_of(model) else { return Cost::Unknown };
    let of = |tokens: u64, usd: f64| tokens as f64 * usd / 1e6;
    Cost::Listed(
        of(usage.input, price.input)
            + of(usage.cache_read, price.cache_read)
            + of(usage.cache_write, price.cache_write)
            + of(usage.output, price.output),
    )
}

/// `-20250929` or `-2025-04-14`.
fn is_date(rest: &str) -> bool {
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    rest.starts_with('-') && digits == 8 && rest.bytes().all(|b| b == b'-' || b.is_ascii_digit())
}
