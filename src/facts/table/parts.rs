//! Tables of which the rows are about parts of a service.

use super::rows::{Cells, NONE, ZONE_SUPPORT};
use super::{Reader, Says};
use crate::facts::{Scenario, Status, Value};
use crate::ontology::tables::Role;
use crate::sections::Table;
use crate::vocabulary::slug;

/// Rows about parts of the document's service, in a section on zones.
pub(super) fn read(reader: &mut Reader<'_>, section: usize, table: &Table, roles: &[Option<&Role>]) {
    let service = reader.extraction.service.clone();
    let scope = &reader.scopes[section];
    // Where a section tells what happens in a failure, a column of a mode tells it for that mode.
    let tells_outcomes = scope.role.is_some_and(|role| role.weight > 0);
    if service.is_empty() || scope.scenario != Some(Scenario::ZoneFailure) || tells_outcomes {
        return;
    }
    let mut told = Vec::new();
    for row in &table.rows {
        let Some((name, cells)) = Cells::read(reader, row, 0, roles) else { continue };
        let asked = cells.cells.iter().filter(|(role, _)| role.kind.as_deref() == Some(ZONE_SUPPORT));
        let texts: Vec<&str> = asked.map(|(_, cell)| cell.text.as_str()).collect();
        let modes =
            texts.iter().filter_map(|text| reader.words.zone_mode(text.split([',', '(']).next()?.trim()));
        let preview =
            texts.iter().chain([&name.text.as_str()]).any(|text| reader.sentence.preview.is_match(*text));
        let mut modes: Vec<String> = modes.map(str::to_owned).collect();
        if modes.is_empty() && cells.refuse_zones(reader) {
            modes.push(NONE.to_owned());
        }
        let part = slug(name.text.split('(').next().unwrap_or_default());
        told.extend(modes.into_iter().map(|mode| (part.clone(), mode, preview, cells.place.clone())));
    }
    let differ = told.len() < table.rows.len() || told.iter().any(|(_, mode, ..)| *mode != told[0].1);
    for (part, mode, preview, place) in told {
        let status = if preview { Status::Preview } else { Status::GA };
        let variant = if differ { part } else { String::new() };
        let says = Says { status, variant, ..Says::new(&service, ZONE_SUPPORT, Value::Named(mode)) };
        reader.fact(section, says, &place, "table-row");
    }
}
