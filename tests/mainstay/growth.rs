//! Work grows with a document and not with its square, whatever the document is made of.
//!
//! Work is counted in bytes of text that cues look at, which is the same in each run. What cues have no part in
//! (assembly, outline, settling) is tried by documents so large that a square of them would not end.

use mainstay::documents::Document;
use mainstay::facts::{Extraction, extract};
use mainstay::ontology::{Ontology, bytes_looked_at};

/// A statement, another one for each number: what a document repeats is read once.
fn said(at: usize) -> String {
    format!("Nimbus Queue is zone redundant in the Premium tier of part {at}. ")
}

/// Reads a text in a section on zones; gives what was taken from it and how much work it was.
fn read(text: &str, ontology: &Ontology) -> (Extraction, u64) {
    let head = "# Reliability in Nimbus Queue\n\n## Availability zone support\n\n";
    let document = Document::from_text("queue.md", &format!("{head}{text}"));
    let before = bytes_looked_at();
    let extraction = extract(&document, ontology);
    (extraction, bytes_looked_at() - before)
}

fn numbered(count: usize, one: impl Fn(usize) -> String) -> String {
    (0..count).map(one).collect()
}

fn table(columns: usize, rows: usize) -> String {
    let row = |cell: &str| format!("|{}\n", format!("{cell}|").repeat(columns));
    format!("{}{}{}", row("Region"), row("---"), row("Yes").repeat(rows))
}

/// Each structure of documents in a size.
fn structures(size: usize) -> Vec<(&'static str, String)> {
    vec![
        ("sentences on one line", numbered(size, |at| format!("The weather in the zone {at} is fine. "))),
        ("statements on one line", numbered(size, said)),
        ("one sentence", "zone and region or tier ".repeat(size)),
        ("one word", "zone".repeat(size)),
        ("paragraphs", numbered(size, |at| format!("{}\n\n", said(at)))),
        ("bullets", numbered(size, |at| format!("- a zone {at}\n"))),
        (
            "bullets in bullets",
            numbered(size / 8, |depth| format!("{}- a zone {depth}\n", "  ".repeat(depth))),
        ),
        ("labels", numbered(size, |at| format!("- **Expected downtime**: {}\n", said(at)))),
        (
            "labels that state nothing",
            numbered(size, |at| format!("- **Expected downtime**: {at} bananas are yellow.\n")),
        ),
        ("labels of their own", numbered(size, |at| format!("- **Label {at}**: {}\n", said(at)))),
        (
            "alternatives",
            format!(
                "- **Expected downtime**:\n{}",
                numbered(size, |at| format!("  - **Way {at}**: No downtime.\n"))
            ),
        ),
        ("sections", numbered(size, |at| format!("### Part {at}\n\n{}\n\n", said(at)))),
        (
            "sections of one name",
            numbered(size, |at| {
                format!("### Zone-down experience\n\n- **Expected downtime**: No downtime, {at}.\n\n")
            }),
        ),
        ("headings", "## Availability zone support\n".repeat(size)),
        ("levels of headings", numbered(size, |at| format!("{} Zone-down\n\n", "#".repeat(at % 7)))),
        ("tabs", numbered(size, |at| format!("# [T{at}](#tab/t{at})\n\n{}\n\n", said(at)))),
        ("pivots", numbered(size, |at| format!("::: zone pivot=\"a\"\n{}\n\n::: zone-end\n", said(at)))),
        ("pivots left open", numbered(size, |at| format!("::: zone pivot=\"a\"\n{}\n\n", said(at)))),
        ("quotes", numbered(size, |at| format!("> [!NOTE]\n> The zone {at} is fine.\n\n"))),
        ("tiers", numbered(size, |at| format!("The Big{at} tier is zone redundant.\n\n"))),
        ("figures", numbered(size, |at| format!("Downtime is up to {at} minutes. "))),
        ("dependencies", numbered(size, |at| format!("Nimbus Queue depends on Nimbus Store {at}.\n\n"))),
        ("links", "[Nimbus Queue](https://example.com/a) ".repeat(size)),
        ("a wide table", table(size, 3)),
        ("a long table", table(3, size)),
        ("tables", format!("{}\n\n", table(2, 2)).repeat(size / 2)),
    ]
}

#[test]
fn twice_the_document_is_at_most_twice_the_work() {
    const SIZE: usize = 64;
    let ontology = Ontology::load(&[]).unwrap();
    let (_, nothing) = read("", &ontology);
    let mut counted = 0;
    for ((name, once), (_, twice)) in structures(SIZE).into_iter().zip(structures(2 * SIZE)) {
        let (once, twice) = (read(&once, &ontology).1 - nothing, read(&twice, &ontology).1 - nothing);
        // Numbers in names grow by a digit.
        assert!(twice as f64 <= 2.2 * once as f64 + 200.0, "{name}: {once} and then {twice}");
        counted += usize::from(once > 1000);
    }
    assert!(counted > 20, "cues look at most structures");
}

#[test]
fn documents_of_a_hundred_thousand_parts_are_read_to_their_end() {
    const SIZE: usize = 100_000;
    let ontology = Ontology::load(&[]).unwrap();
    for (name, text) in [
        ("headings", "# A\n".repeat(SIZE)),
        ("levels of headings", numbered(SIZE, |at| format!("{} A\n", "#".repeat(at % 7)))),
        ("bullets", "- a\n".repeat(SIZE)),
        ("rows", table(2, SIZE)),
        ("links", "[a](b) ".repeat(SIZE)),
        ("pivots", "::: zone pivot=\"a\"\n::: zone-end\n".repeat(SIZE)),
        ("includes that are not there", "[!INCLUDE [a](b.md)]\n".repeat(SIZE)),
        ("includes without an end", "[!INCLUDE [a](".repeat(SIZE)),
        ("comments", "<!-- a -->\n".repeat(SIZE)),
        ("fences", "```\n".repeat(SIZE)),
        ("quotes in quotes", "> ".repeat(SIZE)),
        ("brackets", "[".repeat(SIZE)),
        ("emphasis", "*_".repeat(SIZE)),
        ("a megabyte on one line", "word ".repeat(2 * SIZE)),
    ] {
        assert_eq!(read(&text, &ontology).0.service, "Nimbus Queue", "{name}");
    }
}

/// Cues are looked for by words that few sentences have: a cue of which all words are frequent would be followed over most
/// of them, and shows here.
#[test]
fn a_sentence_is_gone_through_for_few_cues() {
    let wordings = include_str!("../wordings.txt").lines().filter_map(|line| line.splitn(4, " | ").nth(3));
    let text: String = wordings.flat_map(|wording| [wording, "\n\n"]).collect();
    let ontology = Ontology::load(&[]).expect("the ontology that ships");
    let (_, work) = read(&text, &ontology);
    let times = work as f64 / text.len() as f64;
    assert!(times < 13.5, "a text is gone through {times:.1} times");
}
