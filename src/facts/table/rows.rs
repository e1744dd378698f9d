//! The rows of a table, by what they are about.

use super::super::quantity::quantities;
use super::cell::Cell;
use super::{Reader, Says};
use crate::facts::{Bound, Entity, Fact, Scenario, Status, Value};
use crate::ontology::tables::{Answer, Range as ObjectRange, Role, RowSubject};
use crate::sections::{Row, Table, Text};
use crate::vocabulary;
use std::ops::Range;

/// The kind of facts that columns of zone modes give.
pub(super) const ZONE_SUPPORT: &str = "ZoneSupport";
/// The value that says that a service supports no zones.
pub(super) const NONE: &str = "None";
/// The values that a table must ask for before a row without a "yes" means [`NONE`].
const BOTH_MODES: [&str; 2] = ["ZoneRedundant", "Zonal"];

/// Why a passage isn't understood.
pub(super) const UNCLEAR: &str = "a cell is neither yes nor no";

/// A row with its cells, as far as their columns have a role.
pub(super) struct Cells<'a> {
    pub(super) cells: Vec<(&'a Role, Cell)>,
    pub(super) place: Range<usize>,
}

impl<'a> Cells<'a> {
    pub(super) fn read(
        reader: &Reader<'_>,
        row: &Row,
        subject: usize,
        roles: &[Option<&'a Role>],
    ) -> Option<(Cell, Self)> {
        Self::with_subject(reader, row, subject, roles).filter(|(name, _)| name.is_name())
    }

    pub(super) fn with_subject(
        reader: &Reader<'_>,
        row: &Row,
        subject: usize,
        roles: &[Option<&'a Role>],
    ) -> Option<(Cell, Self)> {
        let footnotes = reader.footnotes(&row.range);
        let name = Cell::read(row.cells.get(subject)?, &footnotes);
        let known = roles.iter().enumerate().filter(|(column, _)| *column != subject);
        let cells = known.filter_map(|(column, role)| {
            let role = (*role)?;
            Some((role, row.cells.get(column).map(|text| Cell::read(text, &footnotes)).unwrap_or_default()))
        });
        Some((name, Self { cells: cells.collect(), place: row.range.clone() }))
    }

    /// Whether the row says no to all that the table asks about zones.
    pub(super) fn refuse_zones(&self, reader: &Reader<'_>) -> bool {
        let mut asked =
            self.cells.iter().filter(|(role, _)| role.kind.as_deref() == Some(ZONE_SUPPORT)).peekable();
        asked.peek().is_some() && asked.all(|(_, cell)| cell.answer(reader.words) == Answer::No)
    }

    /// The zone modes that the row says yes to, whether it says no to both, and whether a cell wasn't understood.
    pub(super) fn zone_modes(&self, reader: &Reader<'_>) -> ZoneModes {
        let mut modes = ZoneModes::default();
        let mut refused = Vec::new();
        for (role, cell) in self.cells.iter().filter(|(role, _)| role.kind.as_deref() == Some(ZONE_SUPPORT)) {
            match (&role.value, cell.answer(reader.words)) {
                (Some(value), Answer::Yes) => modes.said.push((value.clone(), Status::GA)),
                (Some(value), Answer::Preview) => modes.said.push((value.clone(), Status::Preview)),
                (Some(value), Answer::No) => refused.push(value.clone()),
                (None, Answer::No | Answer::Yes | Answer::Preview) => {}
                (None, Answer::Other) => {
                    let parts = cell.text.split([',', '/', ';']).flat_map(|part| part.split(" and "));
                    let parts = parts.map(|part| reader.words.zone_mode(part));
                    match parts.collect::<Option<Vec<_>>>() {
                        Some(named) => {
                            modes.said.extend(named.into_iter().map(|value| (value.to_owned(), Status::GA)));
                        }
                        None => modes.unclear = true,
                    }
                }
                (Some(_), Answer::Other) => modes.unclear = true,
            }
        }
        modes.refused = BOTH_MODES.iter().all(|mode| refused.iter().any(|value| value == mode));
        modes
    }
}

#[derive(Default)]
pub(super) struct ZoneModes {
    pub(super) said: Vec<(String, Status)>,
    pub(super) refused: bool,
    pub(super) unclear: bool,
}

/// Rows about services.
pub(super) fn services(
    reader: &mut Reader<'_>,
    section: usize,
    table: &Table,
    subject: usize,
    roles: &[Option<&Role>],
) {
    for row in &table.rows {
        let Some((name, cells)) = Cells::read(reader, row, subject, roles) else { continue };
        let service = vocabulary::without_acronym(&name.text);
        service_zones(reader, section, service, &cells);
        service_regions(reader, section, service, &cells);
    }
}

fn service_zones(reader: &mut Reader<'_>, section: usize, service: &str, cells: &Cells<'_>) {
    let modes = cells.zone_modes(reader);
    for (value, status) in modes.said {
        let says = Says { status, ..Says::new(service, ZONE_SUPPORT, Value::Named(value)) };
        reader.fact(section, says, &cells.place, "table-row");
    }
    if modes.refused {
        let says = Says::new(service, ZONE_SUPPORT, Value::Named(NONE.to_owned()));
        reader.fact(section, says, &cells.place, "table-row");
    }
    if modes.unclear {
        reader.unparsed(section, service, ZONE_SUPPORT, &cells.place, UNCLEAR);
    }
}

fn service_regions(reader: &mut Reader<'_>, section: usize, service: &str, cells: &Cells<'_>) {
    let kinds = cells.cells.iter().filter_map(|(role, cell)| Some((*role, cell, role.kind.as_deref()?)));
    for (role, cell, kind) in kinds.filter(|(_, _, kind)| *kind != ZONE_SUPPORT) {
        let Some(value) = &role.value else { continue };
        let mut says = Says::new(service, kind, Value::Named(value.clone()));
        if role.names_feature && reader.words.says_global(&cell.text) {
            says.value = Value::Named("Global".to_owned());
        } else if role.names_feature {
            if cell.text.is_empty() {
                continue;
            }
            cell.text.split(" (").next().unwrap_or_default().clone_into(&mut says.feature);
            says.variant = narrowed(reader, cells);
        } else {
            match cell.answer(reader.words) {
                Answer::Yes => {}
                Answer::Preview => says.status = Status::Preview,
                Answer::No => continue,
                Answer::Other => {
                    reader.unparsed(section, service, kind, &cells.place, UNCLEAR);
                    continue;
                }
            }
        }
        reader.fact(section, says, &cells.place, "table-row");
        if let (Some(property), Some(text)) = (&role.property, &role.text) {
            let subject = Entity::Service(service.to_owned());
            reader.claim(section, subject, property, Entity::Text(text.clone()), &cells.place);
        }
    }
}

/// What the row's feature is limited to; nothing where it says yes, or no, to all of it.
fn narrowed(reader: &Reader<'_>, cells: &Cells<'_>) -> String {
    let answers = cells.cells.iter().filter_map(|(role, cell)| {
        let narrows_to = role.narrows_to.as_deref()?;
        Some((narrows_to, matches!(cell.answer(reader.words), Answer::Yes | Answer::Preview)))
    });
    let (yes, no): (Vec<_>, Vec<_>) = answers.partition(|(_, yes)| *yes);
    if no.is_empty() { String::new() } else { yes.iter().map(|(to, _)| *to).collect::<Vec<_>>().join(" ") }
}

/// The two cells in which each row of a table, whatever its heads say, names a region and where its contents go: the
/// last two. A row may say that its region has none.
fn pair<'t>(reader: &Reader<'_>, row: &'t Row) -> Option<(&'t str, Option<&'t str>)> {
    let region = |text: &'t Text| Some(text.plain.trim()).filter(|text| reader.names.is_region(text));
    let (from, to) = match row.cells.as_slice() {
        [from, to] => (from, to),
        [place, from, to] if region(place).is_none() => (from, to),
        _ => return None,
    };
    let has_none = || matches!(reader.words.answer(&to.plain), Answer::No);
    let to = region(to);
    (to.is_some() || has_none()).then_some((region(from)?, to))
}

/// Whether a table, whatever its heads say, is one of pairs of regions.
pub(super) fn names_pairs(reader: &Reader<'_>, table: &Table) -> bool {
    let pairs = table.rows.iter().map(|row| pair(reader, row)).collect::<Option<Vec<_>>>();
    pairs.is_some_and(|pairs| pairs.iter().any(|(_, to)| to.is_some()))
}

/// Rows of two regions.
pub(super) fn pairs(reader: &mut Reader<'_>, section: usize, table: &Table) {
    let service = reader.extraction.service.clone();
    if service.is_empty() || reader.scopes[section].scenario != Some(Scenario::RegionFailure) {
        return;
    }
    for row in &table.rows {
        if let Some((from, Some(to))) = pair(reader, row) {
            let pair = Value::Pair(from.to_owned(), to.to_owned());
            reader.fact(section, Says::new(&service, "RegionPair", pair), &row.range, "table-row");
        }
    }
}

/// Rows about regions.
pub(super) fn regions(
    reader: &mut Reader<'_>,
    section: usize,
    table: &Table,
    subject: usize,
    roles: &[Option<&Role>],
) {
    for row in &table.rows {
        let Some((name, cells)) = Cells::read(reader, row, subject, roles) else { continue };
        if cells.cells.is_empty() {
            return;
        }
        for (role, cell) in &cells.cells {
            if role.kind.as_deref() == Some("RegionPair") {
                region_pair(reader, section, &name, role, cell, &cells.place);
            } else if let Some(property) = &role.property {
                region_property(reader, section, &name, property, cell, &cells.place);
            }
        }
        let pictures = name.pictures.iter().flat_map(|picture| [&picture.alternative, &picture.address]);
        let words = reader.words;
        for property in pictures.flat_map(|text| words.icon_properties(text)) {
            let region = Entity::Region(name.text.clone());
            reader.claim(section, region, property, Entity::Flag(true), &cells.place);
        }
    }
}

fn region_pair(
    reader: &mut Reader<'_>,
    section: usize,
    from: &Cell,
    role: &Role,
    to: &Cell,
    place: &Range<usize>,
) {
    match reader.words.answer(&to.text) {
        Answer::No if to.text.is_empty() => {}
        Answer::No => {
            if let Some(property) = &role.property {
                let region = Entity::Region(from.text.clone());
                reader.claim(section, region, property, Entity::Flag(false), place);
            }
        }
        _ if to.is_name() => {
            let service = reader.extraction.service.clone();
            let pair = Value::Pair(from.text.clone(), to.text.clone());
            reader.fact(section, Says::new(&service, "RegionPair", pair), place, "table-row");
        }
        _ => {
            let service = reader.extraction.service.clone();
            reader.unparsed(section, &service, "RegionPair", place, "a cell names no region");
        }
    }
}

fn region_property(
    reader: &mut Reader<'_>,
    section: usize,
    region: &Cell,
    property: &str,
    cell: &Cell,
    place: &Range<usize>,
) {
    let object = match (reader.words.range(property), cell.answer(reader.words)) {
        (ObjectRange::Flag, Answer::Yes | Answer::Preview) => Entity::Flag(true),
        (ObjectRange::Flag, Answer::No) => Entity::Flag(false),
        (ObjectRange::Flag, Answer::Other) => return,
        (_, Answer::No) => return,
        (ObjectRange::Region, _) => Entity::Region(cell.text.clone()),
        (ObjectRange::Geography, _) => Entity::Geography(cell.text.clone()),
        (ObjectRange::Text, _) => Entity::Text(cell.text.clone()),
    };
    reader.claim(section, Entity::Region(region.text.clone()), property, object, place);
}

/// Columns of regions below areas of the world.
pub(super) fn areas(
    reader: &mut Reader<'_>,
    section: usize,
    table: &Table,
    roles: &[Option<&Role>],
    intro: &str,
) {
    if !roles.iter().all(|role| role.is_some_and(|role| role.row_subject == Some(RowSubject::Area))) {
        return;
    }
    let service = reader.extraction.service.clone();
    let role = if service.is_empty() {
        reader.list_role(section).filter(|role| role.row_subject == Some(RowSubject::Region)).cloned()
    } else {
        let path = reader.outline.path(section);
        let headings = path.iter().skip(1).map(|section| section.heading.plain.as_str());
        let context = headings.chain([intro]).collect::<Vec<_>>().join(" ");
        reader.words.region_list(&context).cloned()
    };
    let Some(property) = role.as_ref().and_then(|role| role.property.clone()) else { return };
    let stated = role.and_then(|role| role.text).is_none_or(|text| text != "false");
    for row in &table.rows {
        for text in &row.cells {
            let cell = reader.cell(text, &row.range);
            if !cell.is_name() {
                continue;
            }
            let region = Entity::Region(cell.text);
            let (subject, object) = match service.as_str() {
                "" => (region, Entity::Flag(stated)),
                _ => (Entity::Service(service.clone()), region),
            };
            reader.claim(section, subject, &property, object, &row.range);
        }
    }
}

/// Rows about conditions, with the data loss or the downtime under each, unless the passages of the table told it.
pub(super) fn durations(reader: &mut Reader<'_>, section: usize, table: &Table, roles: &[Option<&Role>]) {
    let scope = reader.scopes[section].clone();
    let service = reader.extraction.service.clone();
    let condition = roles.first().is_some_and(|role| role.is_none());
    let (Some(scenario), true, false) = (scope.scenario, condition, service.is_empty()) else { return };
    if scope.custom {
        return;
    }
    let ends = [table.rows.first(), table.rows.last()].map(|row| row.map(|row| reader.line(&row.range)));
    let [Some(first), Some(last)] = ends else { return };
    let of_table =
        |fact: &&Fact| fact.scenario == Some(scenario) && (first..=last).contains(&fact.source.document_line);
    let told: Vec<String> =
        reader.extraction.facts.iter().filter(of_table).map(|fact| fact.kind.clone()).collect();
    for row in &table.rows {
        let Some((condition, cells)) = Cells::read(reader, row, 0, roles) else { continue };
        for (role, cell) in &cells.cells {
            let (Some(kind), Some("Duration")) = (&role.kind, role.value.as_deref()) else { continue };
            if told.contains(kind) {
                continue;
            }
            let mut quantities = quantities(&cell.text, reader.sentence);
            let Some(mut duration) = quantities.pop().filter(|_| quantities.is_empty()) else {
                if !cell.text.is_empty() {
                    reader.unparsed(section, &service, kind, &cells.place, "a cell gives no single duration");
                }
                continue;
            };
            if role.typical {
                duration.bound = Bound::Typical;
            }
            let says = Says {
                scenario: Some(scenario),
                duration: Some(duration),
                feature: scope.feature.clone(),
                variant: condition.text.clone(),
                ..Says::new(&service, kind, Value::Named("Duration".to_owned()))
            };
            reader.fact(section, says, &cells.place, "table-row");
        }
    }
}
