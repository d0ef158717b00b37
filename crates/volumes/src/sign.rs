//! Signing commits with SSH keys, and saying by which key a commit is signed.
//!
//! The form is OpenSSH's `SSHSIG` in the namespace `git`, which `git log
//! --show-signature` and `git verify-commit` read.

use std::{collections::BTreeMap, fmt, io};

use gix::objs::CommitRefIter;
use llmos_core::store::{Author, Signature};
use ssh_key::{HashAlg, LineEnding, PrivateKey, PublicKey, SshSig};

/// The header of a signed commit, and the namespace of Git's signatures.
const HEADER: &str = "gpgsig";
const NAMESPACE: &str = "git";

/// The keys that sign what is committed here: people's own, and the server's for all others.
#[derive(Clone, Default)]
pub struct Signers {
    server: Option<PrivateKey>,
    users: BTreeMap<String, PrivateKey>,
}

/// Why a key cannot sign.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// It is no private key of OpenSSH.
    #[error("it is no private key of OpenSSH: {source}")]
    NoKey {
        /// Why not.
        source: ssh_key::Error,
    },
    /// It needs a passphrase.
    #[error("it is locked with a passphrase")]
    Locked,
    /// It is of another kind.
    #[error("it is a key of kind `{kind}`")]
    OtherKind {
        /// Its kind.
        kind: String,
    },
}

impl KeyError {
    /// Says what to do instead.
    pub fn hint(&self) -> &'static str {
        "make a key for the server alone with `ssh-keygen -t ed25519 -N '' -f FILE`"
    }
}

impl fmt::Debug for Signers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signers").field("users", &self.users.keys()).finish_non_exhaustive()
    }
}

impl Signers {
    /// Lets this key sign for everybody who has none; returns its fingerprint.
    pub fn set_server(&mut self, key: &[u8]) -> Result<String, KeyError> {
        let key = read(key)?;
        let name = fingerprint(key.public_key());
        self.server = Some(key);
        Ok(name)
    }

    /// Lets this key sign what an author of this name commits; returns its fingerprint.
    pub fn set_user(&mut self, name: &str, key: &[u8]) -> Result<String, KeyError> {
        let key = read(key)?;
        let fingerprint = fingerprint(key.public_key());
        self.users.insert(name.to_owned(), key);
        Ok(fingerprint)
    }

    /// Signs a commit that is printed without signature; `None` where nobody signs for its author.
    pub(crate) fn sign(&self, author: &Author, commit: &[u8]) -> io::Result<Option<Vec<u8>>> {
        let Some(key) = self.users.get(&author.name).or(self.server.as_ref()) else {
            return Ok(None);
        };
        let signature = key
            .sign(NAMESPACE, HashAlg::Sha512, commit)
            .and_then(|signature| signature.to_pem(LineEnding::LF))
            .map_err(io::Error::other)?;
        Ok(Some(with_header(commit, &signature)))
    }
}

fn read(key: &[u8]) -> Result<PrivateKey, KeyError> {
    let key = PrivateKey::from_openssh(key).map_err(|source| KeyError::NoKey { source })?;
    if key.is_encrypted() {
        return Err(KeyError::Locked);
    }
    match key.algorithm() {
        ssh_key::Algorithm::Ed25519 => Ok(key),
        other => Err(KeyError::OtherKind { kind: other.as_str().to_owned() }),
    }
}

fn fingerprint(key: &PublicKey) -> String {
    key.fingerprint(HashAlg::Sha256).to_string()
}

/// Puts a signature below the other headers of a commit.
fn with_header(commit: &[u8], signature: &str) -> Vec<u8> {
    let end = commit.windows(2).position(|pair| pair == b"\n\n").map_or(commit.len(), |at| at + 1);
    let lines = signature.trim_end().replace('\n', "\n ");
    let mut signed = Vec::with_capacity(commit.len() + lines.len() + 16);
    signed.extend_from_slice(&commit[..end]);
    signed.extend_from_slice(format!("{HEADER} {lines}\n").as_bytes());
    signed.extend_from_slice(&commit[end..]);
    signed
}

/// Says by which key a commit is signed, and whether the signature fits it.
pub(crate) fn check(commit: &[u8]) -> Option<Signature> {
    let (text, signed) = CommitRefIter::signature(commit, gix::hash::Kind::Sha1).ok()??;
    let text = text.to_string();
    if !text.starts_with("-----BEGIN SSH SIGNATURE-----") {
        let kind = if text.contains("PGP") { "openpgp" } else { "other" };
        return Some(Signature::Unchecked { kind: kind.to_owned() });
    }
    let Ok(signature) = SshSig::from_pem(text.trim_end()) else {
        return Some(Signature::Broken { key: None });
    };
    let key = PublicKey::from(signature.public_key().clone());
    if key.algorithm() != ssh_key::Algorithm::Ed25519 {
        let kind = key.algorithm().as_str().to_owned();
        return Some(Signature::Unchecked { kind });
    }
    let name = fingerprint(&key);
    Some(match key.verify(NAMESPACE, signed.to_bstring().as_slice(), &signature) {
        Ok(()) => Signature::Valid { key: name },
        Err(_) => Signature::Broken { key: Some(name) },
    })
}
