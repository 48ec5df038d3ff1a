//! How cameras that were removed together with their footage stand in the settings: each with the name that it had, so
//! that the end of its footage can be told.
//!
//! Must not do: say when they are gone.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::CameraId;

#[derive(Serialize)]
struct Named<'a> {
    id: &'a CameraId,
    name: &'a str,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Named {
        id: CameraId,
        name: String,
    },
    /// As older versions wrote it.
    Bare(CameraId),
}

pub(super) fn serialize<S: Serializer>(
    erase: &BTreeMap<CameraId, String>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(erase.iter().map(|(id, name)| Named { id, name }))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<CameraId, String>, D::Error> {
    let written = Vec::<Written>::deserialize(deserializer)?;
    let pair = |written| match written {
        Written::Named { id, name } => (id, name),
        Written::Bare(id) => {
            let name = id.to_string();
            (id, name)
        }
    };
    Ok(written.into_iter().map(pair).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Settings;

    #[test]
    fn a_name_is_kept_and_a_bare_identity_is_read() {
        let gate = CameraId::from_name("Gate");
        let erase = BTreeMap::from([(gate.clone(), "Gate".to_owned())]);
        let settings = Settings { erase, ..Settings::default() };
        let text = toml_edit::ser::to_string(&settings).expect("written");
        assert_eq!(toml_edit::de::from_str::<Settings>(&text).expect("read"), settings);
        let old: Settings = toml_edit::de::from_str("erase = [\"gate\"]\n").expect("read");
        assert_eq!(old.erase, BTreeMap::from([(gate, "gate".to_owned())]));
    }
}
