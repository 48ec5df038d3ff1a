//! The password: typed, stored, left and forgotten; for one address alone, and never shown.

use super::*;
use egui::accesskit::Role;
use egui_kittest::kittest::NodeT;
use ui_fixture::hand::{choose, fill, is_kept_for_undo, value_of};
use watchkeeper::model::Password;
use watchkeeper::protocol::ArchivePassword;

fn typed(address: &str, password: Option<&str>) -> Option<ArchivePassword> {
    let password = password.map(|text| Password::new(text.into()));
    Some(ArchivePassword { address: address.into(), password })
}

/// What the empty field says.
fn hint(desk: &Desk, name: &str) -> String {
    let field = desk.harness.get_by_role_and_label(Role::PasswordInput, name);
    field.accesskit_node().placeholder().map(ToOwned::to_owned).unwrap_or_default()
}

#[test]
fn a_typed_password_is_sent_for_the_address_beside_it() {
    let mut desk = tall(nas());
    assert_eq!(hint(&desk, "Password"), "stored; type to change it");
    fill(&mut desk, "Password", "correct horse");
    assert!(!value_of(&desk, "Password").contains("horse"), "it can be read along");
    let change = saved(&mut desk);
    assert_eq!(*change.after, nas());
    assert_eq!(change.archive_password, typed(ADDRESS, Some("correct horse")));
    assert!(!format!("{change:?} {:?}", change.archive_password).contains("horse"));
    assert!(is_unchanged(&desk));
    assert_eq!(value_of(&desk, "Password"), "", "it is still there");
}

#[test]
fn a_typed_password_is_not_kept_for_undo() {
    let mut desk = tall(nas());
    fill(&mut desk, "Host", "other.local");
    assert!(is_kept_for_undo(&desk), "an ordinary field can be undone");
    fill(&mut desk, "Password", "correct horse");
    assert!(!is_kept_for_undo(&desk));
}

#[test]
fn a_stored_password_follows_to_no_other_address() {
    let mut desk = tall(nas());
    fill(&mut desk, "Host", "other.local");
    assert_eq!(hint(&desk, "Password"), "none is stored for this address");
    let forget = desk.harness.get_by_role_and_label(Role::Button, "Forget");
    assert!(forget.accesskit_node().is_disabled());
    fill(&mut desk, "Password", "pass");
    let change = saved(&mut desk);
    let address = "smb://other.local/video/cctv/shop";
    assert_eq!(change.archive_password, typed(address, Some("pass")));
    assert_eq!(hint(&desk, "Password"), "stored; type to change it");
}

#[test]
fn a_password_is_forgotten_or_left() {
    let mut desk = tall(nas());
    desk.click("Forget");
    assert_eq!(hint(&desk, "Password"), "is deleted with Save");
    let change = saved(&mut desk);
    assert_eq!(change.archive_password, typed(ADDRESS, None));
    let mut desk = tall(nas());
    fill(&mut desk, "Password", "pass");
    fill(&mut desk, "Password", "");
    assert!(is_unchanged(&desk), "an empty field leaves the stored one");
    fill(&mut desk, "Password", "pass");
    desk.click("Discard");
    assert!(is_unchanged(&desk));
    assert_eq!(value_of(&desk, "Password"), "");
    fill(&mut desk, "Password", "pass");
    choose(&mut desk, "Storage type", "Object storage (S3)");
    assert_eq!(value_of(&desk, "Password (secret key)"), "", "it is for the NAS");
}

#[test]
fn the_secret_of_an_access_key() {
    let mut desk = tall(object());
    fill(&mut desk, "Password (secret key)", "wJalr");
    let change = saved(&mut desk);
    let address = "https://s3.example.com:9000/cctv/shop";
    assert_eq!(change.archive_password, typed(address, Some("wJalr")));
}
