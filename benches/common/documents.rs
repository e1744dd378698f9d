//! Documents of an invented cloud in any number, each of its own wording, the same for the same number.

use std::fmt::Write as _;
use std::path::Path;

/// Documents in one folder.
const IN_FOLDER: usize = 1000;

/// Writes so many documents below a folder; gives how many bytes they have.
pub fn write(folder: &Path, count: usize) -> std::io::Result<u64> {
    let mut bytes = 0;
    for number in 0..count {
        let folder = folder.join(format!("part-{:03}", number / IN_FOLDER));
        if number % IN_FOLDER == 0 {
            std::fs::create_dir_all(&folder)?;
        }
        let text = document(number as u64);
        bytes += text.len() as u64;
        std::fs::write(folder.join(format!("article-{number:06}.md")), text)?;
    }
    Ok(bytes)
}

/// The document of a number.
pub fn document(number: u64) -> String {
    Author::new(number).document(number)
}

/// Picks words by numbers that are the same in each run (SplitMix64).
struct Author {
    state: u64,
    service: String,
    tiers: [String; 2],
}

const STARTS: [&str; 16] = [
    "Alder", "Basalt", "Cinder", "Drift", "Ember", "Fjord", "Gale", "Harrow", "Iris", "Juniper", "Kelp",
    "Lichen", "Marl", "Nacre", "Osier", "Pumice",
];
const ENDS: [&str; 16] = [
    "anvil", "beacon", "cabinet", "drawer", "engine", "ferry", "gate", "hopper", "inlet", "jetty", "kiln",
    "loom", "mill", "notary", "oven", "press",
];
const TIERS: [&str; 8] =
    ["Basic", "Standard", "Premium", "Gold", "Silver", "Copper", "Isolated", "Dedicated"];
const REGIONS: [&str; 12] = [
    "North Isle",
    "South Isle",
    "East Fen",
    "West Fen",
    "Upper Vale",
    "Lower Vale",
    "Far Coast",
    "Near Coast",
    "High Moor",
    "Low Moor",
    "Old Harbour",
    "New Harbour",
];
const DETAILS: [&str; 10] = [
    "Clients keep their connections open and share them.",
    "A copy of the settings is kept beside the data.",
    "The service counts what it does and shows it in a chart.",
    "Names of items are at most sixty letters long.",
    "Items that nobody reads for a year are moved to slower disks.",
    "An item is written to three disks before the call returns.",
    "Only owners may change who reads an item.",
    "Every request carries a number, which helps when you ask for support.",
    "Long lists are given in pages of a hundred lines.",
    "The console shows the last hundred events.",
];

impl Author {
    fn new(number: u64) -> Self {
        let mut author = Self {
            state: number.wrapping_mul(0x2545_f491_4f6c_dd1d),
            service: String::new(),
            tiers: Default::default(),
        };
        author.service = format!("Nephele {} {} {}", author.one_of(&STARTS), author.one_of(&ENDS), number);
        let first = author.below(TIERS.len());
        author.tiers = [
            TIERS[first].to_owned(),
            TIERS[(first + 1 + author.below(TIERS.len() - 1)) % TIERS.len()].to_owned(),
        ];
        author
    }

    fn below(&mut self, end: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (bits ^ (bits >> 31)) as usize % end
    }

    fn one_of(&mut self, words: &[&str]) -> String {
        words[self.below(words.len())].to_owned()
    }

    /// One of the sentences, with the names of this document in it.
    fn say(&mut self, sentences: &[&str]) -> String {
        let minutes = (2 + self.below(58)).to_string();
        let region = self.one_of(&REGIONS);
        let sentence = self.one_of(sentences).replace("{service}", &self.service);
        let sentence = sentence.replace("{tier}", &self.tiers[0]).replace("{other}", &self.tiers[1]);
        sentence.replace("{minutes}", &minutes).replace("{region}", &region)
    }

    fn document(&mut self, number: u64) -> String {
        let service = self.service.clone();
        let (month, day, year) = (1 + self.below(12), 1 + self.below(28), 2022 + self.below(4));
        let mut text = format!(
            "---\ntitle: Reliability in {service}\nms.service: {}\nms.date: {month:02}/{day:02}/{year}\n---\n\n# Reliability in {service}\n\n",
            service.to_lowercase().replace(' ', "-"),
        );
        self.details(&mut text);
        self.zones(&mut text);
        if number % 4 != 3 {
            self.regions(&mut text);
        }
        self.rest(&mut text);
        text
    }

    fn details(&mut self, text: &mut String) {
        for _ in 0..1 + self.below(4) {
            *text += &self.say(&DETAILS);
            *text += if self.below(3) == 0 { "\n\n" } else { " " };
        }
        *text += "\n\n";
    }

    fn zones(&mut self, text: &mut String) {
        *text += "## Resilience to availability zone failures\n\n";
        *text += &self.say(&[
            "{service} is zone-redundant in the {tier} tier.",
            "{service} supports zone-redundant deployments in the {tier} and {other} tiers.",
            "In the {tier} tier, {service} is zonal: you choose the zone.",
            "{service} doesn't support availability zones.",
            "{service} is zone-redundant by default.",
        ]);
        *text += "\n\n";
        if self.below(3) == 0 {
            self.table_of_tiers(text);
        }
        if self.below(2) == 0 {
            let cost = self.say(&[
                "There's no extra charge for zone redundancy.",
                "Zone redundancy costs extra: you pay for three copies.",
            ]);
            let _ = write!(text, "### Cost\n\n{cost}\n\n");
        }
        *text += "### Behavior during a zone failure\n\n";
        self.label(
            text,
            "Detection and response",
            &[
                "Microsoft detects the loss of a zone and responds to it.",
                "You're responsible for moving your items to another zone.",
                "Nephele moves your items by itself.",
            ],
        );
        self.label(
            text,
            "Active requests",
            &["Requests in flight are dropped; clients retry them.", "Requests go on without a break."],
        );
        self.label(
            text,
            "Expected data loss",
            &["No data loss is expected.", "Up to {minutes} minutes of writes can be lost."],
        );
        self.label(
            text,
            "Expected downtime",
            &[
                "No downtime.",
                "Up to {minutes} minutes.",
                "A few seconds while traffic finds its way.",
                "Until the zone recovers.",
            ],
        );
        *text += "\n";
    }

    fn table_of_tiers(&mut self, text: &mut String) {
        let [tier, other] = self.tiers.clone();
        let (copies, minutes) = (2 + self.below(3), 5 + self.below(50));
        let _ = write!(
            text,
            "| Tier | Copies | Time to move |\n|---|:-:|---|\n| {tier} | {copies} | {minutes} minutes |\n| {other} | 1 | not moved |\n\n"
        );
    }

    fn regions(&mut self, text: &mut String) {
        *text += "## Resilience to region-wide failures\n\n";
        *text += &self.say(&[
            "{service} is a single-region service. If {region} is lost, so are its items.",
            "Geo-replication copies all items of the {tier} tier from {region} to a second region.",
            "You can deploy {service} into {region} and a second region of your choice.",
        ]);
        *text += "\n\n### Behavior during a region failure\n\n";
        self.label(
            text,
            "Detection and response",
            &[
                "You detect the loss of a region and start the failover.",
                "Microsoft starts the failover when {region} can't be saved.",
            ],
        );
        self.label(
            text,
            "Expected downtime",
            &["About {minutes} minutes.", "Depends on how soon you fail over.", "Bananas are yellow."],
        );
        self.label(
            text,
            "Expected data loss",
            &["Typically less than {minutes} minutes of writes.", "All writes since the last backup."],
        );
        *text += "\n";
    }

    fn rest(&mut self, text: &mut String) {
        *text += "## Backups\n\n";
        *text += &self.say(&[
            "{service} takes a backup every day.",
            "{service} has no backups; export your items.",
            "You can't back up {service}.",
        ]);
        *text += "\n\n> [!NOTE]\n> ";
        *text += &self.say(&[
            "{service} depends on Nephele Vault for its keys.",
            "Maintenance happens on Sundays.",
            "The {other} tier is in preview.",
        ]);
        *text += "\n\n## Related content\n\n";
        for _ in 0..self.below(4) {
            let (words, target) = (self.one_of(&DETAILS), self.below(100_000));
            let _ = writeln!(text, "- [{}](article-{target:06}.md)", words.trim_end_matches('.'));
        }
    }

    fn label(&mut self, text: &mut String, name: &str, sentences: &[&str]) {
        let said = self.say(sentences);
        let _ = writeln!(text, "- **{name}:** {said} {}", self.one_of(&DETAILS));
    }
}
