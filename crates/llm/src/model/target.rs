//! Where requests go, checked before anything is sent.

use llmos_core::model::Provider;
use url::Url;

use super::secret::Secret;

/// A service, its address and the key to it.
#[derive(Clone)]
pub struct Target {
    pub(crate) provider: Provider,
    pub(crate) base: Url,
    pub(crate) key: Option<Secret>,
}

/// Why an address or a key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetError {
    /// The provider has no address of its own, and none is given.
    NoUrl,
    /// It is no address of HTTP.
    BadUrl,
    /// It carries a name, a password or a query.
    SecretInUrl,
    /// The key has characters that no key has.
    BadKey,
    /// The key would travel in clear text.
    OpenKey,
}

impl TargetError {
    /// Says what is wrong, and in which field.
    pub fn reason(self) -> (&'static str, &'static str) {
        match self {
            Self::NoUrl => ("url", "this provider has no address of its own"),
            Self::BadUrl => ("url", "it is no address of HTTP"),
            Self::SecretInUrl => ("url", "it holds a name, a password, a query or a fragment"),
            Self::BadKey => ("key", "a key has only visible ASCII characters, 4096 at most"),
            Self::OpenKey => ("url", "the key would travel in clear text through the internet"),
        }
    }

    /// Says what to write instead.
    pub fn hint(self) -> &'static str {
        match self {
            Self::NoUrl | Self::BadUrl => "write one such as `http://127.0.0.1:8080/v1`",
            Self::SecretInUrl => "give the address alone, and the key in its own field",
            Self::BadKey => "copy the key again, without quotes and spaces around it",
            Self::OpenKey => "use an address that begins with `https://`",
        }
    }
}

impl Target {
    /// Checks and takes an address, the provider's own where none is given, and a key.
    pub fn new(
        provider: Provider,
        url: Option<&str>,
        key: Option<Secret>,
    ) -> Result<Self, TargetError> {
        let url = url.map(str::trim).filter(|url| !url.is_empty()).or(provider.url());
        let mut base = Url::parse(url.ok_or(TargetError::NoUrl)?).or(Err(TargetError::BadUrl))?;
        if !matches!(base.scheme(), "http" | "https") || base.host().is_none() {
            return Err(TargetError::BadUrl);
        }
        let named = !base.username().is_empty() || base.password().is_some();
        if named || base.query().is_some() || base.fragment().is_some() {
            return Err(TargetError::SecretInUrl);
        }
        let path = base.path().trim_end_matches('/');
        let path = ["/chat/completions", "/messages", "/embeddings"]
            .iter()
            .find_map(|end| path.strip_suffix(end))
            .unwrap_or(path)
            .to_owned();
        base.set_path(&path);
        let key = key.filter(|key| !key.expose().is_empty());
        if let Some(key) = &key {
            let text = key.expose();
            if text.len() > 4096 || !text.bytes().all(|b| b.is_ascii_graphic()) {
                return Err(TargetError::BadKey);
            }
            if base.scheme() == "http" && !is_near(&base) {
                return Err(TargetError::OpenKey);
            }
        }
        Ok(Self { provider, base, key })
    }

    /// Returns the address as people may see it.
    pub fn url(&self) -> String {
        self.base.as_str().trim_end_matches('/').to_owned()
    }

    /// Says whether it is this machine or one of a private network.
    pub(crate) fn is_near(&self) -> bool {
        is_near(&self.base)
    }

    /// Returns the address of something below.
    pub(crate) fn at(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}{path}"));
        url
    }
}

/// Says whether an address is this machine or one of a private network.
fn is_near(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback() || ip.is_unique_local(),
        Some(url::Host::Domain(name)) => {
            name == "localhost"
                || !name.contains('.')
                || [".localhost", ".local", ".internal", ".lan"]
                    .iter()
                    .any(|end| name.ends_with(end))
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(
        provider: Provider,
        url: Option<&str>,
        key: Option<&str>,
    ) -> Result<String, TargetError> {
        Target::new(provider, url, key.map(|key| Secret::new(key.to_owned()))).map(|to| to.url())
    }

    #[test]
    fn addresses_are_taken_as_people_copy_them() {
        let cases = [
            (Provider::Anthropic, None, "https://api.anthropic.com"),
            (Provider::Compatible, Some("http://localhost:8080/v1/"), "http://localhost:8080/v1"),
            (Provider::Compatible, Some("http://a/v1/chat/completions"), "http://a/v1"),
            (Provider::Ollama, Some("  "), "http://127.0.0.1:11434/v1"),
        ];
        for (provider, url, want) in cases {
            assert_eq!(check(provider, url, None).as_deref(), Ok(want));
        }
    }

    #[test]
    fn addresses_and_keys_that_would_do_harm_are_refused() {
        let own = Provider::Compatible;
        let cases = [
            (own, None, None, TargetError::NoUrl),
            (own, Some("file:///etc/passwd"), None, TargetError::BadUrl),
            (own, Some("not an address"), None, TargetError::BadUrl),
            (own, Some("https://me:pw@a.org/v1"), None, TargetError::SecretInUrl),
            (own, Some("https://a.org/v1?key=1"), None, TargetError::SecretInUrl),
            (own, Some("http://a.org/v1"), Some("sk-1"), TargetError::OpenKey),
            (Provider::Openai, None, Some("sk-1\r\nx: y"), TargetError::BadKey),
            (Provider::Openai, None, Some("sk ü"), TargetError::BadKey),
        ];
        for (provider, url, key, want) in cases {
            assert_eq!(check(provider, url, key), Err(want), "{url:?}");
        }
        for near in ["http://127.0.0.1/v1", "http://192.168.1.5:8000/v1", "http://[::1]/v1"] {
            assert!(check(own, Some(near), Some("sk-1")).is_ok(), "{near}");
        }
    }
}
