//! Whose an archive is: the rule by which two recorders do not bring recordings to one folder, where each would
//! write over and remove what is the other's. Pure.
//!
//! Must not do: read or write a marker.

use super::StorageError;

/// What a marker says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The identity of the folder.
    pub id: String,
    /// The data folder of who brings recordings there; none for a folder on this computer, and where an
    /// earlier version has marked it.
    pub owner: Option<String>,
}

/// Who brings recordings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The identity of the data folder.
    pub id: String,
    /// Whether an archive of somebody else becomes ours.
    pub takes_over: bool,
}

impl Owner {
    /// One that takes nothing from others.
    #[must_use]
    pub const fn new(id: String) -> Self {
        Self { id, takes_over: false }
    }

    /// What the marker of a volume with the identity `known` must say before it is settled whose it is.
    #[must_use]
    pub fn expects(&self, known: &str) -> Mark {
        Mark { id: known.into(), owner: (!self.takes_over).then(|| self.id.clone()) }
    }
}

/// Why an archive is not ours to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It has no marker although it had one.
    Missing,
    /// Another folder is in its place.
    Another,
    /// Somebody else brings recordings there.
    Taken,
}

impl Refusal {
    /// A clause that says it.
    #[must_use]
    pub const fn why(self) -> &'static str {
        match self {
            Self::Missing => "its marker is missing",
            Self::Another => "its marker is that of another folder",
            Self::Taken => "it belongs to another Watchkeeper",
        }
    }

    /// The error for the volume `path`.
    #[must_use]
    pub fn error(self, path: &str) -> StorageError {
        let path = path.to_owned();
        match self {
            Self::Missing | Self::Another => StorageError::Gone { path, why: self.why() },
            Self::Taken => StorageError::Taken { path },
        }
    }
}

/// What the marker must say where `found` is what it says, and `known` the identity that the volume had; `fresh` is
/// the identity of one that has none. Where that is not what was found, it is to be written.
///
/// # Errors
/// Why the volume is not to be used.
pub fn settle(
    found: Option<&Mark>,
    known: Option<&str>,
    owner: &Owner,
    fresh: &str,
) -> Result<Mark, Refusal> {
    let Some(found) = found else {
        return match known {
            Some(_) => Err(Refusal::Missing),
            None => Ok(Mark { id: fresh.into(), owner: Some(owner.id.clone()) }),
        };
    };
    let mark = Mark { id: found.id.clone(), owner: Some(owner.id.clone()) };
    holds(&owner.expects(known.unwrap_or(&found.id)), Some(found)).map(|()| mark)
}

/// Whether a volume that must have the marker `expected` still has it.
///
/// # Errors
/// Why the volume is not to be used.
pub fn holds(expected: &Mark, found: Option<&Mark>) -> Result<(), Refusal> {
    let found = found.ok_or(Refusal::Missing)?;
    if found.id != expected.id {
        return Err(Refusal::Another);
    }
    match (&found.owner, &expected.owner) {
        (Some(found), Some(expected)) if found != expected => Err(Refusal::Taken),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(id: &str, owner: Option<&str>) -> Mark {
        Mark { id: id.into(), owner: owner.map(Into::into) }
    }

    #[test]
    fn an_archive_has_one_owner() {
        let us = Owner::new("us".into());
        let ours = Ok(mark("a", Some("us")));
        let settled = |found: Option<Mark>, known| settle(found.as_ref(), known, &us, "new");
        assert_eq!(settled(None, None), Ok(mark("new", Some("us"))));
        assert_eq!(settled(None, Some("a")), Err(Refusal::Missing));
        for known in [None, Some("a")] {
            assert_eq!(settled(Some(mark("a", Some("us"))), known), ours);
            assert_eq!(settled(Some(mark("a", None)), known), ours, "of an earlier version");
            assert_eq!(settled(Some(mark("a", Some("them"))), known), Err(Refusal::Taken));
        }
        assert_eq!(settled(Some(mark("b", Some("us"))), Some("a")), Err(Refusal::Another));
    }

    #[test]
    fn it_is_taken_over_when_that_is_said_and_the_other_sees_it() {
        let them = mark("a", Some("them"));
        let us = Owner { id: "us".into(), takes_over: true };
        let taken = settle(Some(&them), None, &us, "new").expect("ours");
        assert_eq!(taken, mark("a", Some("us")));
        assert_eq!(holds(&them, Some(&taken)), Err(Refusal::Taken));
        assert_eq!(settle(Some(&them), Some("b"), &us, "new"), Err(Refusal::Another));
        assert_eq!(holds(&taken, None), Err(Refusal::Missing));
    }
}
