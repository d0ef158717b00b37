//! Which keys sign commits, as the options of `llmos serve` say it.

use std::path::{Path, PathBuf};

use llmos_core::slug::Slug;
use llmos_volumes::{KeyError, Signers};

use crate::{
    failure::{Failure, FailureKind},
    out::say,
};

/// The keys that sign commits.
#[derive(clap::Args)]
pub(crate) struct Signing {
    /// Sign every commit with this SSH key (ed25519, without a passphrase)
    #[arg(long, value_name = "FILE", env = "LLMOS_SIGNING_KEY")]
    signing_key: Option<PathBuf>,
    /// Sign what this user does with this SSH key instead; may be given for several
    #[arg(long, value_name = "USER=FILE", value_parser = user_key)]
    user_signing_key: Vec<(Slug, PathBuf)>,
}

impl Signing {
    /// Reads the keys.
    pub(crate) fn signers(&self) -> Result<Signers, Failure> {
        let mut signers = Signers::default();
        if let Some(path) = &self.signing_key {
            let key = signers.set_server(&read(path)?).map_err(|err| unusable(path, &err))?;
            say(&format!("commits are signed with {key}"));
        }
        for (user, path) in &self.user_signing_key {
            let key = signers.set_user(user.as_str(), &read(path)?);
            let key = key.map_err(|err| unusable(path, &err))?;
            say(&format!("commits of {user} are signed with {key}"));
        }
        Ok(signers)
    }
}

fn user_key(text: &str) -> Result<(Slug, PathBuf), String> {
    let (user, path) = text.split_once('=').ok_or("write it as `USER=FILE`")?;
    let user = user.parse().map_err(|err| format!("bad user `{user}`: {err}"))?;
    Ok((user, path.into()))
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|err| {
        let message = format!("cannot read the signing key `{}`: {err}", path.display());
        let hint = "make one with `ssh-keygen -t ed25519 -N '' -f FILE`";
        Failure::new(FailureKind::Input, message, hint)
    })
}

fn unusable(path: &Path, err: &KeyError) -> Failure {
    let message = format!("`{}` cannot sign: {err}", path.display());
    Failure::new(FailureKind::Input, message, err.hint())
}
