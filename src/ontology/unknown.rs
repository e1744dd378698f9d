//! Names in a user's Turtle that nothing knows: a misspelt property or value would teach nothing, and say nothing of it.

use super::mistake::position;
use super::statements::{Name, Object, Statement, Statements, TYPE};
use crate::error::Error;
use crate::nearest;
use rustc_hash::FxHashSet;

/// Checks the statements of the files behind the first, which ship: each property and each object of the ontology's
/// namespace stands in a file that ships or is described, and so is what they speak of.
///
/// # Errors
/// The first name that nothing knows, with file and place.
pub(super) fn check(
    statements: &Statements<'_>,
    shipped: usize,
    files: &[(&str, &[u8])],
) -> Result<(), Error> {
    let (ours, theirs): (Vec<&Statement>, Vec<&Statement>) =
        statements.all().iter().partition(|statement| statement.file < shipped);
    let mut known: FxHashSet<Name> = ours.iter().flat_map(|statement| names(statement)).collect();
    let reading = statements.own("reading");
    let describes = |statement: &&&Statement| [TYPE, reading].contains(&statement.predicate);
    known.extend(theirs.iter().filter(describes).map(|statement| statement.subject));
    for statement in theirs {
        let is_unknown = |name: &Name| statements.is_own(*name) && !known.contains(name);
        let Some(name) = names(statement).into_iter().find(is_unknown) else { continue };
        let (_, local) = statements.split(name);
        let what = if name == statement.predicate { "property" } else { "term" };
        let place = files.get(statement.file).map(|(file, turtle)| {
            let turtle = String::from_utf8_lossy(turtle);
            let (before, behind) =
                turtle.split_at_checked(statement.at.unwrap_or_default()).unwrap_or_default();
            let is_object = ![statement.subject, statement.predicate].contains(&name);
            let in_front = before.rfind(local).filter(|_| !is_object);
            let found = in_front.or_else(|| Some(before.len() + behind.find(local)?));
            let (line, column) = position(&turtle, found.unwrap_or_default());
            format!("{file}:{line}:{column}: ")
        });
        let error = format!("{}rel:{local} is no {what} of the ontology", place.unwrap_or_default());
        let is_alike = |other: &&Name| {
            let is_property = |name: Name| ours.iter().any(|statement| statement.predicate == name);
            statements.is_own(**other) && is_property(**other) == (what == "property")
        };
        let candidates: Vec<String> = known
            .iter()
            .filter(is_alike)
            .map(|other| format!("rel:{}", statements.split(*other).1))
            .collect();
        let hint = nearest::hint(&format!("rel:{local}"), candidates.iter().map(String::as_str));
        let hint = hint.unwrap_or_else(|| "ontology/README.md tells what can be taught".to_owned());
        return Err(Error::input(error).with_hint(hint));
    }
    Ok(())
}

/// The names of a statement.
fn names(statement: &Statement<'_>) -> Vec<Name> {
    let object = match statement.object {
        Object::Name(name) => Some(name),
        _ => None,
    };
    [Some(statement.subject), Some(statement.predicate), object].into_iter().flatten().collect()
}
