//! The port to the branches of a volume: lines of commits beside `main`.

use std::{fmt, str::FromStr};

use crate::{
    store::{Change, CommitId, Store, StoreError},
    volume::VolumeId,
};

/// The longest [`BranchName`], in bytes.
pub const MAX_BRANCH_LEN: usize = 200;

/// The branch that a volume shows: what [`Store`] reads and writes.
pub const MAIN: &str = "main";

/// The name of a branch, such as `main` or `pr/ana/plot`.
///
/// Parts of letters, digits, `-`, `_` and `.`, with `/` between them: safe as a
/// Git ref, as a path and in an address. Git knows more names; branches that
/// have such a name are not seen here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BranchName(String);

/// Why a text is not a [`BranchName`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BranchNameError {
    /// The name is empty or too long.
    #[error("the name of the branch has {len} bytes, it must have 1 to {MAX_BRANCH_LEN}")]
    BadLength {
        /// How many bytes it has.
        len: usize,
    },
    /// A part is empty, begins or ends as Git does not allow, or holds a character that is not allowed.
    #[error("the name of the branch has a part that is not allowed: `{part}`", part = part.escape_debug())]
    BadPart {
        /// The part.
        part: String,
    },
}

impl BranchNameError {
    /// Says what to write instead.
    pub fn hint(&self) -> &'static str {
        "use letters, digits, `-`, `_` and `.`, with `/` between parts, such as `pr/ana/plot`"
    }
}

impl BranchName {
    /// The branch that a volume shows.
    pub fn main() -> Self {
        Self(MAIN.to_owned())
    }

    /// Says whether this is the branch that a volume shows.
    pub fn is_main(&self) -> bool {
        self.0 == MAIN
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BranchName {
    type Err = BranchNameError;

    fn from_str(text: &str) -> Result<Self, BranchNameError> {
        if text.is_empty() || text.len() > MAX_BRANCH_LEN {
            return Err(BranchNameError::BadLength { len: text.len() });
        }
        match text.split('/').find(|part| !part_is_safe(part)) {
            Some(part) => Err(BranchNameError::BadPart { part: part.chars().take(80).collect() }),
            None => Ok(Self(text.to_owned())),
        }
    }
}

fn part_is_safe(part: &str) -> bool {
    !part.is_empty()
        && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        && !part.starts_with(['.', '-'])
        && !part.ends_with('.')
        && !part.contains("..")
        && !part.to_ascii_lowercase().ends_with(".lock")
        // What Git reads as a revision must not be a branch too.
        && !matches!(part, "HEAD" | "FETCH_HEAD" | "ORIG_HEAD" | "MERGE_HEAD")
}

impl fmt::Display for BranchName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A branch and its newest commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Its name.
    pub name: BranchName,
    /// Its newest commit.
    pub tip: CommitId,
}

/// Lines of commits beside `main`.
///
/// Methods block. What a branch holds is read with [`Store`], at its newest
/// commit. Nobody sees a branch in the working tree of a volume.
pub trait Branches: Send + Sync {
    /// Lists the branches, `main` among them, sorted by name; none while the volume does not exist.
    fn branches(&self, volume: &VolumeId) -> Result<Vec<Branch>, StoreError>;

    /// Lists every commit that something in the volume names: branches, and what is no branch here, such as
    /// tags, what a remote had, and names that only Git knows. Whatever a person can still get at with `git`
    /// is reached from one of them.
    fn tips(&self, volume: &VolumeId) -> Result<Vec<CommitId>, StoreError> {
        Ok(self.branches(volume)?.into_iter().map(|branch| branch.tip).collect())
    }

    /// Makes a branch that begins at a commit.
    ///
    /// Fails with [`StoreError::BranchExists`] where there is one of that name, or one that stands
    /// in its way (`a` and `a/b` cannot both be).
    fn create_branch(
        &self,
        volume: &VolumeId,
        name: &BranchName,
        at: &CommitId,
    ) -> Result<(), StoreError>;

    /// Makes one commit of `change` on a branch and returns it, as [`Store::commit`] does on `main`.
    ///
    /// With `merged` the commit has that one as its second parent; then it is made also where no
    /// file changes. What the merge comes to is the caller's: only `change` decides what files hold.
    fn commit_to(
        &self,
        volume: &VolumeId,
        name: &BranchName,
        change: Change,
        merged: Option<&CommitId>,
    ) -> Result<CommitId, StoreError>;

    /// Deletes a branch which still ends at `tip`; its commits stay readable where another branch has them.
    ///
    /// Fails with [`StoreError::BranchMoved`] where it ends elsewhere, and never deletes `main`.
    fn delete_branch(
        &self,
        volume: &VolumeId,
        name: &BranchName,
        tip: &CommitId,
    ) -> Result<(), StoreError>;

    /// Returns the newest commit that two have in common; `None` where they have none.
    fn merge_base(
        &self,
        volume: &VolumeId,
        one: &CommitId,
        other: &CommitId,
    ) -> Result<Option<CommitId>, StoreError>;
}

/// What lies over another adapter and leaves the branches to it.
pub trait OverBranches: Send + Sync {
    /// The adapter that has the branches.
    fn below(&self) -> &dyn Branches;
}

impl<T: OverBranches> Branches for T {
    fn branches(&self, volume: &VolumeId) -> Result<Vec<Branch>, StoreError> {
        self.below().branches(volume)
    }

    fn tips(&self, volume: &VolumeId) -> Result<Vec<CommitId>, StoreError> {
        self.below().tips(volume)
    }

    fn create_branch(
        &self,
        volume: &VolumeId,
        name: &BranchName,
        at: &CommitId,
    ) -> Result<(), StoreError> {
        self.below().create_branch(volume, name, at)
    }

    fn commit_to(
        &self,
        volume: &VolumeId,
        name: &BranchName,
        change: Change,
        merged: Option<&CommitId>,
    ) -> Result<CommitId, StoreError> {
        self.below().commit_to(volume, name, change, merged)
    }

    fn delete_branch(
        &self,
        volume: &VolumeId,
        name: &BranchName,
        tip: &CommitId,
    ) -> Result<(), StoreError> {
        self.below().delete_branch(volume, name, tip)
    }

    fn merge_base(
        &self,
        volume: &VolumeId,
        one: &CommitId,
        other: &CommitId,
    ) -> Result<Option<CommitId>, StoreError> {
        self.below().merge_base(volume, one, other)
    }
}

/// Volumes with their branches: both ports of one adapter.
pub trait Volumes: Store + Branches {}

impl<T: Store + Branches + ?Sized> Volumes for T {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_branches_are_safe_for_git_and_as_paths() {
        for good in ["main", "pr/ana/plot", "feature/A-2_b.c", "v1.2"] {
            assert_eq!(
                good.parse::<BranchName>().map(|name| name.to_string()),
                Ok(good.to_owned())
            );
        }
        let bad = [
            "", "/", "a/", "/a", "a//b", ".", "..", "a..b", ".a", "a/.b", "-a", "a.", "a.lock",
            "x/a.LOCK", "a b", "a~1", "a^", "a:b", "a\\b", "a\0b", "ü", "HEAD", "@{u}", "a/HEAD",
        ];
        for bad in bad {
            assert!(bad.parse::<BranchName>().is_err(), "accepted {bad:?}");
        }
        assert!("a".repeat(MAX_BRANCH_LEN + 1).parse::<BranchName>().is_err());
    }
}
