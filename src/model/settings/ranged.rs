//! Whole numbers of the settings that are valid within a range only.
//!
//! Must not do: know what a number is for.

/// A whole number within a range, refused with a sentence when it is outside.
macro_rules! ranged {
    ($(#[$doc:meta])* $name:ident($inner:ty), $range:expr, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "i64", into = "i64")]
        pub struct $name(pub $inner);

        impl TryFrom<i64> for $name {
            type Error = String;
            fn try_from(value: i64) -> Result<Self, Self::Error> {
                let range: std::ops::RangeInclusive<$inner> = $range;
                match <$inner>::try_from(value) {
                    Ok(inner) if range.contains(&inner) => Ok(Self(inner)),
                    _ => Err(format!(concat!($what, " must be {} to {}"), range.start(), range.end())),
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let number: i64 = text.parse().map_err(|_| format!("\"{text}\" is no whole number"))?;
                Self::try_from(number)
            }
        }

        impl From<$name> for i64 {
            fn from(value: $name) -> Self {
                value.0.into()
            }
        }
    };
}

pub(super) use ranged;
