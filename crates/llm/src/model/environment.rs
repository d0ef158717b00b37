//! What the environment of the server says about models.

use llmos_core::model::Provider;

use super::secret::Secret;

/// What the environment says. It cannot be printed, as it holds keys.
#[derive(Clone, Default)]
pub struct Environment {
    /// Whose service; `None` where nothing is said.
    pub(crate) provider: Option<Provider>,
    pub(crate) url: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) key: Option<Secret>,
    /// Whether a program on this machine is looked for where nothing is said.
    pub(crate) looks_around: bool,
}

impl Environment {
    /// Reads the variables through `variable`.
    ///
    /// An address of its own comes first, then Anthropic, OpenRouter and OpenAI.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let variable = |name: &str| {
            variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
        };
        let key = |name: &str| variable(name).map(Secret::new);
        let model = variable("LLMOS_MODEL");
        let looks_around = !matches!(variable("LLMOS_MODEL").as_deref(), Some("none"));
        let said = |provider, url, key| Self {
            provider: Some(provider),
            url,
            model: model.clone().filter(|_| looks_around),
            key,
            looks_around,
        };
        if !looks_around {
            return Self { looks_around, ..Self::default() };
        }
        if let Some(url) = variable("LLMOS_MODEL_URL") {
            return said(Provider::Compatible, Some(url), key("OPENAI_API_KEY"));
        }
        let keys = [
            ("ANTHROPIC_API_KEY", Provider::Anthropic),
            ("OPENROUTER_API_KEY", Provider::Openrouter),
            ("OPENAI_API_KEY", Provider::Openai),
        ];
        let found = keys.into_iter().find_map(|(name, provider)| Some((provider, key(name)?)));
        match found {
            Some((provider, key)) => said(provider, None, Some(key)),
            None => Self { model, looks_around, ..Self::default() },
        }
    }
}

/// The model that is asked where nobody names one.
pub(crate) fn usual_model(provider: Provider) -> Option<&'static str> {
    match provider {
        Provider::Anthropic => Some("claude-sonnet-4-5"),
        Provider::Openrouter => Some("anthropic/claude-sonnet-4.5"),
        Provider::Openai => Some("gpt-5-mini"),
        Provider::Ollama | Provider::Compatible => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(variables: &[(&str, &str)]) -> (Option<Provider>, Option<String>, bool) {
        let found = Environment::read(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        });
        (found.provider, found.model, found.key.is_some())
    }

    #[test]
    fn the_most_particular_variable_wins() {
        let model = Some("m".to_owned());
        let cases: [(&[_], _); 6] = [
            (&[], (None, None, false)),
            (&[("ANTHROPIC_API_KEY", " ")], (None, None, false)),
            (&[("ANTHROPIC_API_KEY", "k")], (Some(Provider::Anthropic), None, true)),
            (
                &[("OPENROUTER_API_KEY", "k"), ("OPENAI_API_KEY", "k"), ("LLMOS_MODEL", "m")],
                (Some(Provider::Openrouter), model.clone(), true),
            ),
            (
                &[
                    ("ANTHROPIC_API_KEY", "k"),
                    ("LLMOS_MODEL_URL", "http://a"),
                    ("LLMOS_MODEL", "m"),
                ],
                (Some(Provider::Compatible), model, false),
            ),
            (&[("ANTHROPIC_API_KEY", "k"), ("LLMOS_MODEL", "none")], (None, None, false)),
        ];
        for (variables, want) in cases {
            assert_eq!(check(variables), want, "{variables:?}");
        }
    }
}
