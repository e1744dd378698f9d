//! Tables of which the rows or the columns are tiers.

use super::super::tiers::in_cell;
use super::cell::Cell;
use super::rows::{Cells, NONE, UNCLEAR, ZONE_SUPPORT};
use super::{Reader, Says};
use crate::facts::{Status, Value};
use crate::ontology::tables::{Answer, Role};
use crate::sections::{Row, Table};
use crate::vocabulary::slug;
use std::ops::Range;

/// A row about tiers, and whether it says that these are previews.
struct TierRow<'a> {
    named: Vec<String>,
    status: Status,
    cells: Cells<'a>,
}

impl<'a> Cells<'a> {
    /// The tiers that a row is about, one or a list of them, and its cells.
    fn of_tiers(
        reader: &Reader<'_>,
        row: &Row,
        subject: usize,
        roles: &[Option<&'a Role>],
    ) -> Option<TierRow<'a>> {
        let (name, cells) = Self::with_subject(reader, row, subject, roles)?;
        let mut named = in_cell(&name.text);
        if named.len() < 2 {
            named = Some(name).filter(Cell::is_name).map(|name| vec![name.text])?;
        }
        let mut status = Status::GA;
        for tier in &mut named {
            let bracket = tier.strip_suffix(')').and_then(|open| open.split_once(" ("));
            if let Some((bare, _)) = bracket.filter(|(_, note)| reader.words.answer(note) == Answer::Preview)
            {
                *tier = bare.to_owned();
                status = Status::Preview;
            }
        }
        Some(TierRow { named, status, cells })
    }
}

/// Columns of tiers: rows on zone modes say which of them support it.
pub(super) fn tier_columns(reader: &mut Reader<'_>, section: usize, table: &Table) {
    let service = reader.extraction.service.clone();
    let heads: Vec<&str> = table.head.iter().skip(1).map(|head| head.plain.trim()).collect();
    let is_tier = |head: &&str| reader.tiers.order.iter().any(|tier| tier.eq_ignore_ascii_case(head));
    if service.is_empty() || heads.len() < 2 || !heads.iter().all(is_tier) {
        return;
    }
    for row in &table.rows {
        let Some((lead, cells)) = row.cells.split_first() else { continue };
        let role = reader.words.column(lead.plain.trim());
        let Some(role) = role.filter(|role| role.kind.as_deref() == Some(ZONE_SUPPORT)) else { continue };
        let answers = cells.iter().map(|cell| reader.cell(cell, &row.range).answer(reader.words));
        let answers: Vec<(&str, Answer)> = heads.iter().copied().zip(answers).collect();
        let saying = |said: Answer| answers.iter().filter(move |(_, answer)| *answer == said);
        let named = |said| saying(said).map(|(head, _)| (*head).to_owned()).collect::<Vec<String>>();
        let (tiers, refusing) = (named(Answer::Yes), named(Answer::No));
        if tiers.is_empty() {
            continue;
        }
        let is_only = table.rows.iter().filter(|row| asks_zones(reader, row)).count() == 1;
        if !refusing.is_empty() && is_only {
            let none = Value::Named(NONE.to_owned());
            drop_unlimited(reader, &service, &none);
            let says = Says { tiers: refusing, ..Says::new(&service, ZONE_SUPPORT, none) };
            reader.fact(section, says, &row.range, "table-row");
        }
        // Zones without a mode: the modes are told elsewhere.
        let Some(value) = role.value.clone() else { continue };
        let tiers = if tiers.len() == heads.len() { Vec::new() } else { tiers };
        let value = Value::Named(value);
        if !tiers.is_empty() {
            drop_unlimited(reader, &service, &value);
        }
        let says = Says { tiers, ..Says::new(&service, ZONE_SUPPORT, value) };
        reader.fact(section, says, &row.range, "table-row");
    }
}

/// Whether the first cell of a row asks about zones.
fn asks_zones(reader: &Reader<'_>, row: &Row) -> bool {
    let role = row.cells.first().and_then(|lead| reader.words.column(lead.plain.trim()));
    role.is_some_and(|role| role.kind.as_deref() == Some(ZONE_SUPPORT))
}

/// A mode, the tiers that support it, and the row that says so first.
struct TierSupport {
    mode: (String, Status),
    tiers: Vec<String>,
    place: Range<usize>,
}

fn add_new(known: &mut Vec<String>, names: &[String]) {
    for name in names {
        if !known.contains(name) {
            known.push(name.clone());
        }
    }
}

/// Rows about tiers of the document's service: one fact for each mode, with the tiers that support it.
pub(super) fn tiers(
    reader: &mut Reader<'_>,
    section: usize,
    table: &Table,
    subject: usize,
    roles: &[Option<&Role>],
) {
    let service = reader.extraction.service.clone();
    if service.is_empty() {
        return;
    }
    let zonal =
        |role: &&Role| role.kind.as_deref() == Some(ZONE_SUPPORT) && role.value.as_deref() == Some("Zonal");
    let tells_zonal = roles.iter().flatten().any(zonal);
    let mut supports: Vec<TierSupport> = Vec::new();
    let mut all: Vec<String> = Vec::new();
    for row in &table.rows {
        let Some(row) = Cells::of_tiers(reader, row, subject, roles) else { continue };
        let TierRow { named, status, cells } = row;
        let mut modes = cells.zone_modes(reader);
        if status == Status::Preview {
            modes.said.iter_mut().for_each(|(_, said)| *said = status);
        }
        add_new(&mut all, &named);
        let refused =
            (modes.refused || !tells_zonal && cells.refuse_zones(reader)).then(|| (NONE.to_owned(), status));
        for mode in modes.said.into_iter().chain(refused) {
            match supports.iter_mut().find(|known| known.mode == mode) {
                Some(known) => add_new(&mut known.tiers, &named),
                None => supports.push(TierSupport { mode, tiers: named.clone(), place: cells.place.clone() }),
            }
        }
        if modes.unclear {
            reader.unparsed(section, &service, ZONE_SUPPORT, &cells.place, UNCLEAR);
        }
    }
    let supporting = supports.iter().filter(|support| support.mode.0 != NONE);
    let supporting: Vec<String> = supporting.flat_map(|support| support.tiers.clone()).collect();
    for support in supports.iter_mut().filter(|support| support.mode.0 == NONE) {
        support.tiers.retain(|tier| !supporting.contains(tier));
    }
    supports.retain(|support| !support.tiers.is_empty());
    for TierSupport { mode: (value, status), tiers, place } in supports {
        let tiers = if tiers.len() == all.len() { Vec::new() } else { tiers };
        let value = Value::Named(value);
        if !tiers.is_empty() {
            drop_unlimited(reader, &service, &value);
        }
        let says = Says { tiers, status, ..Says::new(&service, ZONE_SUPPORT, value) };
        reader.fact(section, says, &place, "table-row");
    }
}

/// Takes back that the whole service supports a mode, which a table has limited to tiers.
fn drop_unlimited(reader: &mut Reader<'_>, service: &str, value: &Value) {
    reader.extraction.facts.retain(|fact| {
        fact.kind != ZONE_SUPPORT
            || fact.value != *value
            || slug(&fact.service) != slug(service)
            || !fact.tiers.is_empty()
            || !fact.variant.is_empty()
    });
}
