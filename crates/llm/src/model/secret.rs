//! A key that cannot be printed by accident.

use zeroize::Zeroizing;

/// A key to a service. It has neither `Debug` nor `Display`, and its memory is wiped.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

/// Keys shorter than this do not show their end: too little would stay hidden.
const MIN_FOR_TAIL: usize = 16;

impl Secret {
    /// Takes a key.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// Returns the key, for the header of a request or to seal it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Returns its last four characters, by which people tell their keys apart.
    pub fn tail(&self) -> Option<String> {
        let n = self.0.chars().count();
        (n >= MIN_FOR_TAIL).then(|| self.0.chars().skip(n - 4).collect())
    }

    /// Takes the key out of a text that came from elsewhere.
    pub(crate) fn scrub(&self, text: &str) -> String {
        if self.0.is_empty() {
            return text.to_owned();
        }
        text.replace(self.0.as_str(), "[key]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_keys_show_their_end() {
        let tail = |text: &str| Secret::new(text.to_owned()).tail();
        assert_eq!(tail("sk-ant-api03-0123456789-wxyz").as_deref(), Some("wxyz"));
        assert_eq!(tail("short-key"), None);
        assert_eq!(tail(""), None);
    }

    #[test]
    fn a_text_that_repeats_the_key_loses_it() {
        let key = Secret::new("sk-planted".to_owned());
        assert_eq!(key.scrub("bad key sk-planted, sk-planted"), "bad key [key], [key]");
        assert_eq!(Secret::new(String::new()).scrub("as it is"), "as it is");
    }
}
