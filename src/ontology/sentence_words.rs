//! The words that matter in any sentence, and those of time.

use super::{CueSet, Finder};
use serde::{Deserialize, Serialize};

/// The words for lengths of time, numbers and months.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TimeWords {
    /// Names of units in the singular and the plural, with their seconds.
    pub units: Vec<(Vec<String>, u64)>,
    /// Names of units that are also places in an order.
    pub ordinals: Vec<String>,
    /// Words that may stand behind such a name where it is a unit.
    pub behind_ordinals: Vec<String>,
    /// Numbers in words, from zero.
    pub numbers: Vec<String>,
    /// Months, in small letters.
    pub months: Vec<String>,
}

/// The words that matter in any sentence.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SentenceWords {
    /// Words for lengths of time.
    pub time: TimeWords,
    /// Sentences that state nothing.
    pub passed_over: CueSet,
    /// Sentences that say of all they speak of that it isn't so.
    pub denial: CueSet,
    /// Words for an edition in front of a service's name.
    pub edition: CueSet,
    /// Sentences that deny of the service what the sentence before them said of something else.
    pub takes_back: CueSet,
    /// Words that make a figure typical.
    pub hedge: CueSet,
    /// Words that make it an upper bound.
    pub up_to: CueSet,
    /// Words that make it a lower bound.
    pub at_least: CueSet,
    /// Words for a preview.
    pub preview: CueSet,
    /// Sentences that say that what they state is in preview.
    pub in_preview: CueSet,
    /// Sentences about the feature of their section.
    pub this_feature: CueSet,
    /// Conditions that tell outcomes of one passage apart.
    pub condition: Finder,
    /// The clause of a sentence that names the case that it speaks of.
    pub clause: Finder,
    /// Clauses that name no case of their own, but the failure itself.
    pub no_clause: CueSet,
    /// A feature for several regions, by a common name.
    pub feature: Finder,
    /// Emphasised words that are the name of a feature for several regions.
    pub emphasised_feature: CueSet,
    /// The parts of a service that a sentence speaks of, as its subject.
    pub part: Finder,
    /// The part of a service of which a sentence denies what others say of the service.
    pub exception: Finder,
    /// The case that a sentence opens with.
    pub opening_case: Finder,
    /// The first words of a sentence that say what it speaks of.
    pub lead: Finder,
    /// Sentences about the loss of a region, wherever they stand.
    pub region_failure: CueSet,
    /// Labels that name the failure of a zone.
    pub zone_label: CueSet,
    /// Labels that name the failure of a region.
    pub region_label: CueSet,
    /// Names of a zone, as heads of rows and columns.
    pub zone_name: CueSet,
    /// Names of a region, as heads of rows and columns.
    pub region_name: CueSet,
    /// Sentences about what else can interrupt a service than the loss of a zone or region.
    pub other_cause: CueSet,
    /// Sentences about zones, wherever they stand.
    pub zone: CueSet,
    /// Headings below one on the loss of a region that name no feature, as questions and tasks do.
    pub no_feature: CueSet,
    /// Words for a region or for regions.
    pub region: CueSet,
    /// The configuration to which a sentence limits what it says.
    pub restriction: Finder,
    /// The regions to which a sentence limits what it says.
    pub some_regions: Finder,
    /// What a sentence speaks of, by the words before its verb.
    pub subject: Finder,
    /// Subjects that stand for the service as a whole.
    pub whole: CueSet,
    /// Labels whose alternatives are told apart even where they state the same.
    pub distinct: CueSet,
    /// Sentences that limit what they speak of to the tiers that they name.
    pub tier_requirement: CueSet,
    /// Sentences that say outright what customers have to do themselves.
    pub outright: CueSet,
    /// Sentences about the loss of a zone and of a region alike.
    pub both_failures: CueSet,
    /// Sentences about moving from what failed to what takes over.
    pub takes_over: CueSet,
    /// Sentences that begin to speak of what customers build themselves against the loss of a region.
    pub begins_design: CueSet,
    /// Sentences that don't, as they speak of what the service links or copies.
    pub no_design: CueSet,
    /// Sentences that tell by which means something is copied, which names no feature.
    pub means: CueSet,
    /// Heads of columns that tell nothing of what stands below them: `Value`.
    pub plain_head: CueSet,
    /// Heads of columns of remarks.
    pub remark_head: CueSet,
    /// What stands in front of the first, between the first and the second, and behind the second of two regions that
    /// an item of a list pairs.
    pub pair: [CueSet; 3],
    /// What stands behind them if each is the pair of the other.
    pub both_ways: CueSet,
}
