//! Documents as no author meant them: whatever stands in a file, it is read to its end, and every fact that comes
//! of it has a place in a file.

use crate::outcome::{Place, repository};
use insta::assert_snapshot;
use mainstay::documents::{Document, FileKind, Found, Library, find};
use mainstay::facts::{Extraction, Source, extract};
use mainstay::ontology::Ontology;
use std::collections::BTreeMap;
use std::path::Path;

/// Damaged copies of each article.
const COPIES: u64 = 8;

/// Pieces that break structure where they are put.
const SNIPPETS: [&str; 24] = [
    "::: zone pivot=\"a,b\"\n",
    "\n::: zone-end\n",
    "\n# ",
    "\n###### Zone-down experience\n",
    "\n- **Expected downtime**: ",
    "\n| a | b\n|--|\n| c\n",
    "\n| Region | Availability zones | \n|---|:-:|\n| X | ✅ |||||\n",
    "<!-- ",
    " -->",
    "[!INCLUDE [a](relay.md)]",
    "[!INCLUDE [",
    "](",
    "\n> [!NOTE]\n> > > ",
    "**",
    "`",
    "\n```\n",
    "\n---\n",
    "\n# [A](#tab/a)\n",
    "\u{202e}\u{05e9}\u{05dc}\u{05d5}\u{05dd}\u{202c}",
    "\u{0}\u{1}\u{7f}\u{feff}",
    "e\u{301}\u{1f468}\u{200d}\u{1f469}",
    "\r\n\r",
    "99999999999999999999999 hours",
    "\n                        - - - - - - - - - - - - ",
];

/// A generator whose numbers are the same in each run (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        usize::try_from(bits % end.max(1) as u64).unwrap()
    }

    /// A short stretch of a text of this length.
    fn stretch(&mut self, len: usize) -> std::ops::Range<usize> {
        let start = self.below(len);
        start..(start + self.below(400)).min(len)
    }

    /// Damages a file in one of several ways, without regard to characters.
    fn damage(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len() + 1);
        match self.below(8) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(self.stretch(bytes.len()))),
            2 => {
                let stretch = bytes[self.stretch(bytes.len())].to_vec();
                drop(bytes.splice(at..at, stretch));
            }
            3 => {
                for byte in &mut bytes[at..] {
                    if *byte == b'\n' && self.below(3) == 0 {
                        *byte = b' ';
                    }
                }
            }
            4 => {
                for _ in 0..self.below(20) {
                    let at = self.below(bytes.len());
                    let any = u8::try_from(self.below(256)).unwrap();
                    bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = any);
                }
            }
            _ => {
                let snippet = SNIPPETS[self.below(SNIPPETS.len())];
                drop(bytes.splice(at..at, snippet.bytes()));
            }
        }
    }
}

fn articles() -> Vec<Found> {
    let (found, _) = find(&[repository().join("data/documents")]);
    assert!(found.len() > 5);
    found
}

/// A folder with the articles and what they include.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (path, to) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            std::fs::copy(&path, to).unwrap();
        }
    }
}

/// What is wrong with the places of what was taken from a document whose files have these bytes.
fn misplaced(extraction: &Extraction, files: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let facts = extraction.facts.iter().map(|fact| &fact.source);
    let claims = extraction.claims.iter().map(|claim| &claim.source);
    let unparsed = extraction.unparsed.iter().map(|unparsed| &unparsed.source);
    let wrong = |source: &&Source| {
        let Some(bytes) = files.get(&source.file) else { return true };
        let (start, end) = (source.byte_span.0 as usize, source.byte_span.1 as usize);
        let inside = start <= end && end <= bytes.len();
        !inside || source.line as usize != 1 + bytes[..start].iter().filter(|&&byte| byte == b'\n').count()
    };
    facts.chain(claims).chain(unparsed).filter(wrong).map(|source| format!("{source:?}")).collect()
}

/// The bytes of each file below a folder, by the names that answers cite.
fn contents(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            contents(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            files.insert(name, std::fs::read(&path).unwrap());
        }
    }
}

#[test]
fn damaged_articles_are_read_and_what_they_state_has_its_place() {
    let folder = tempfile::tempdir().unwrap();
    copy(&repository().join("data/documents"), folder.path());
    let ontology = Ontology::load(&[]).unwrap();
    let mut files = BTreeMap::new();
    contents(folder.path(), folder.path(), &mut files);
    let mut facts = 0;
    for (number, article) in articles().into_iter().enumerate() {
        let whole = files[&article.name].clone();
        let path = folder.path().join(&article.name);
        for copy in 0..COPIES {
            let mut dice = Dice(copy * 1000 + number as u64);
            let mut bytes = whole.clone();
            for _ in 0..=dice.below(6) {
                dice.damage(&mut bytes);
            }
            std::fs::write(&path, &bytes).unwrap();
            let found = Found { path: path.clone(), name: article.name.clone(), kind: FileKind::Markdown };
            files.insert(article.name.clone(), bytes);
            let Ok(document) = Library::new().read(&found) else { continue };
            let extraction = extract(&document, &ontology);
            let misplaced = misplaced(&extraction, &files);
            assert!(misplaced.is_empty(), "{} {copy}: {}", article.name, misplaced.join("\n"));
            facts += extraction.facts.len();
        }
        std::fs::write(&path, &whole).unwrap();
        files.insert(article.name, whole);
    }
    assert!(facts > 300, "the damaged articles should still state something, not {facts} facts");
}

#[test]
fn a_graph_of_damaged_articles_is_whole() {
    let place = Place::bare();
    let mut dice = Dice(7);
    for article in articles() {
        let mut bytes = std::fs::read(&article.path).unwrap();
        (0..12).for_each(|_| dice.damage(&mut bytes));
        bytes.retain(|&byte| byte != 0);
        std::fs::create_dir_all(place.path().join("docs")).unwrap();
        std::fs::write(place.path().join("docs").join(&article.name), bytes).unwrap();
    }
    for command in [
        "build docs --quiet --output damaged.graph",
        "graph verify damaged.graph",
        "--graph damaged.graph export --output damaged.nq",
        "build damaged.nq --quiet --output again.graph",
        "--graph again.graph ask facts --limit 1",
    ] {
        let told = place.outcome(&command.split(' ').collect::<Vec<_>>(), "");
        assert!(told.starts_with("exit code 0"), "{command}: {told}");
    }
}

/// Reads a text in a section on zones. Work that grows with the square of a large one would not end.
fn read(text: &str, ontology: &Ontology) -> Extraction {
    let head = "---\ntitle: Reliability in Nimbus Queue\n---\n# Reliability in Nimbus Queue\n\n## Availability zone support\n\n";
    let document = Document::from_text("queue.md", &format!("{head}{text}"));
    extract(&document, ontology)
}

/// A table of so many columns and rows.
fn table(columns: usize, rows: usize) -> String {
    let row = |cell: &str| format!("|{}\n", format!("{cell}|").repeat(columns));
    format!("{}{}{}", row("Region"), row("---"), row("✅").repeat(rows))
}

#[test]
fn large_and_odd_documents_are_read_to_their_end() {
    let ontology = Ontology::load(&[]).unwrap();
    let sentence = "Nimbus Queue is zone redundant in the Premium tier. ";
    for (name, text) in [
        ("one line", "The weather is fine. ".repeat(3_000)),
        ("one word", "word".repeat(50_000)),
        ("statements on one line", sentence.repeat(200)),
        ("one sentence", "zone and region or tier ".repeat(2_000)),
        ("open brackets", "[".repeat(50_000)),
        ("open includes", "[!INCLUDE [a](".repeat(5_000)),
        ("open comments", "<!-- a ".repeat(50_000)),
        ("open emphasis", "**a _b ".repeat(8_000)),
        ("open code", "`a ``b ".repeat(8_000)),
        ("open pivots", "::: zone pivot=\"a\"\nwords\n".repeat(1_500)),
        ("quotes in quotes", format!("{}words", "> ".repeat(20_000))),
        ("bullets in bullets", (0..600).map(|depth| format!("{}- a\n", "  ".repeat(depth))).collect()),
        ("levels of headings", (0..2_000).map(|at| format!("{} Zone-down\n", "#".repeat(at % 7))).collect()),
        ("labels", format!("- **Expected downtime**: {sentence}\n").repeat(400)),
        ("a wide table", table(2_000, 10)),
        ("a long table", table(3, 4_000)),
        ("right to left", "\u{202e}\u{05e9}\u{05dc}\u{05d5}\u{05dd} ".repeat(5_000)),
        ("figures", "up to 15 minutes and ".repeat(1_500)),
        ("line ends of another kind", "words\r".repeat(8_000)),
    ] {
        assert_eq!(read(&text, &ontology).service, "Nimbus Queue", "{name}");
    }
}

#[test]
fn what_stands_before_damage_is_still_understood() {
    let ontology = Ontology::load(&[]).unwrap();
    let before = "Nimbus Queue is zone redundant. Microsoft manages the failover.\n\n";
    let whole = read(before, &ontology).facts;
    assert_eq!(whole.len(), 2);
    for damage in [
        "::: zone pivot=\"a\"\n",
        "<!-- open",
        "| a | b\n|--",
        "```\nopen",
        "\u{0}\u{1}\u{7f}",
        "[!INCLUDE [a](",
        "###### Deep\n",
        "- a\n                        - b",
    ] {
        assert_eq!(whole, read(&format!("{before}{damage}"), &ontology).facts, "{damage:?}");
    }
}

/// The outcome of a build of `docs`, which holds one article beside what else the place has.
fn built(place: &Place) -> String {
    place.write("docs/queue.md", "# Reliability in Nimbus Queue\n\nNimbus Queue is zone redundant.\n");
    let told = place.outcome(&["build", "docs", "--output", "new.graph", "--verbose"], "");
    let verified = place.outcome(&["graph", "verify", "new.graph"], "");
    assert!(verified.starts_with("exit code 0"), "{verified}");
    let code = told.lines().next().unwrap();
    let errors = told.split_once("── errors\n").map_or("", |(_, errors)| errors);
    format!("{code}\n{errors}")
}

#[test]
fn files_that_cannot_be_documents_are_told_and_the_rest_is_built() {
    let place = Place::bare();
    std::fs::create_dir_all(place.path().join("docs")).unwrap();
    let huge = std::fs::File::create(place.path().join("docs/huge.md")).unwrap();
    huge.set_len(200 * 1024 * 1024).unwrap();
    place.write("docs/matter.md", "---\n: : {[ not\n\tYAML\n---\n# Reliability in Nimbus Store\n");
    place.write("docs/open.md", "---\ntitle: Nimbus Drive\n# Reliability in Nimbus Drive\n");
    place.write("docs/self.md", "# Reliability in Nimbus Cache\n\n[!INCLUDE [self](self.md)]\n");
    std::fs::write(place.path().join("docs/latin.md"), b"# Reliability in Nimbus Caf\xe9\n").unwrap();
    assert_snapshot!(built(&place), @r"
    exit code 3
    huge.md: error: cannot be read: it has 200 MB, more than the 64 MB of a document [unreadable-file]
    latin.md:1: warning: 1 bytes are not UTF-8; read as `?` [invalid-utf8]
    matter.md:2: warning: a line of the front matter is not `key: value`; passed over [front-matter]
    open.md:1: warning: the front matter is opened and never closed; it is read as text [front-matter]
    self.md:3: warning: the include self.md includes itself or is nested too deep; left out [include-loop]
    ");
}

#[test]
fn a_folder_without_documents_is_told() {
    let place = Place::bare();
    place.write("docs/picture.png", "");
    assert_snapshot!(place.outcome(&["build", "docs", "-o", "new.graph"], ""), @r"
    exit code 3
    ── errors
    error: there is nothing to build: no document and no RDF file was found
    hint: docs holds no documents; Markdown (.md, .txt) and RDF (.ttl, .nt, .nq, …) are read
    ");
    assert!(!place.path().join("new.graph").exists());
}

#[cfg(unix)]
#[test]
fn folders_that_lead_in_circles_and_links_to_nowhere_are_told() {
    let place = Place::bare();
    std::fs::create_dir_all(place.path().join("docs/deep")).unwrap();
    std::os::unix::fs::symlink("..", place.path().join("docs/deep/again")).unwrap();
    std::os::unix::fs::symlink("nowhere.md", place.path().join("docs/gone.md")).unwrap();
    assert_snapshot!(built(&place), @r"
    exit code 3
    docs/deep/again: note: leads back to a folder above it; passed over [folder-loop]
    docs/gone.md: error: cannot be read: No such file or directory (os error 2) [unreadable-path]
    ");
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::bare();
    place.write("docs/secret.md", "# Reliability in Nimbus Vault\n");
    let path = place.path().join("docs/secret.md");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o0)).unwrap();
    if std::fs::read(&path).is_ok() {
        println!("skipped: this user may read any file");
        return;
    }
    assert_snapshot!(built(&place), @r"
    exit code 3
    secret.md: error: cannot be read: Permission denied (os error 13) [unreadable-file]
    ");
}

#[test]
fn a_graph_file_with_any_byte_changed_is_found_out_and_never_a_panic() {
    let place = Place::new();
    place.outcome(&["build", "small.trig", "-o", "small.graph", "-q"], "");
    let whole = std::fs::read(place.path().join("small.graph")).unwrap();
    let mut dice = Dice(11);
    for _ in 0..60 {
        let mut bytes = whole.clone();
        let at = dice.below(bytes.len());
        match dice.below(3) {
            0 => bytes.truncate(at),
            1 => bytes[at] ^= 1 << dice.below(8),
            _ => bytes.extend_from_slice(&whole[..at]),
        }
        if bytes == whole {
            continue;
        }
        std::fs::write(place.path().join("damaged.graph"), bytes).unwrap();
        let told = place.outcome(&["graph", "verify", "damaged.graph"], "");
        assert!(
            told.starts_with("exit code 3\n── errors\nerror: ") && told.contains("\nhint: "),
            "{at}: {told}"
        );
        let asked = place.outcome(&["--graph", "damaged.graph", "ask", "facts"], "");
        assert!(!asked.contains("panicked"), "{at}: {asked}");
    }
}
