use super::*;

#[test]
fn prices_are_found_with_a_date_or_a_maker_and_never_guessed() {
    let cases = [
        ("claude-sonnet-4-5-20250929", Some(3.0)),
        ("claude-sonnet-4-5", Some(3.0)),
        ("anthropic/claude-opus-4-1", Some(15.0)),
        ("gpt-4.1-mini-2025-04-14", Some(0.4)),
        ("gpt-4.1-mini", Some(0.4)),
        ("claude-sonnet-4-9", None),
        ("claude-sonnet-4-5-turbo", None),
        ("llama3.2", None),
        ("", None),
    ];
    for (model, want) in cases {
        assert_eq!(price_of(model).map(|price| price.input), want, "{model}");
    }
}

#[test]
fn a_message_costs_what_each_sort_of_token_costs() {
    let usage = Usage {
        input: 1_000_000,
        cache_read: 1_000_000,
        cache_write: 1_000_000,
        output: 1_000_000,
        stated_usd: None,
    };
    let Cost::Listed(usd) = cost("claude-sonnet-4-5", &usage) else { panic!("it is listed") };
    assert!((usd - (3.0 + 0.3 + 3.75 + 15.0)).abs() < 1e-9, "{usd}");
    assert_eq!(cost("my-own-model", &usage), Cost::Unknown);
    let stated = Usage { stated_usd: Some(0.02), ..usage };
    assert_eq!(cost("my-own-model", &stated), Cost::Stated(0.02));
}

#[test]
fn what_several_answers_took_adds_up() {
    let mut sum = Usage { input: 1, output: 2, ..Usage::default() };
    sum += Usage { input: 10, cache_read: 5, output: 20, stated_usd: Some(0.5), cache_write: 0 };
    assert_eq!((sum.input, sum.output, sum.read(), sum.stated_usd), (11, 22, 16, Some(0.5)));
}
