//! The canned queries: those that ship, and the user's own folders.

use super::header::{self, Header};
use super::parameters::{self, Parameter};
use super::{algebra, syntax, text};
use crate::engine::QuerySource;
use crate::error::{Error, Result};
use crate::nearest;
use spargebra::Query;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Names and texts of the queries that ship: `queries/NAME.rq`.
macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        /// The queries that ship, by name, in alphabetical order.
        pub const SHIPPED: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../queries/", $name, ".rq")))),*];
    };
}

shipped![
    "backup",
    "customer-duties",
    "data-loss",
    "dependencies",
    "documents",
    "downtime",
    "enablement",
    "facts",
    "failback",
    "minimum-instances",
    "multi-region",
    "no-zone-support",
    "region-pairs",
    "regions",
    "replication",
    "retirements",
    "services",
    "sources",
    "stale",
    "testing",
    "unpaired-regions",
    "unparsed",
    "who-acts",
    "zone-cost",
    "zone-support",
];

/// A canned query.
#[derive(Clone, Debug)]
pub struct Canned {
    /// Its name: that of its file, without `.rq`.
    pub name: String,
    /// Where it comes from, for messages.
    pub origin: String,
    /// Its text.
    pub text: Cow<'static, str>,
}

impl Canned {
    /// Its header.
    ///
    /// # Errors
    /// A bad header, with file and line.
    pub fn header(&self) -> Result<Header> {
        let header = header::parse(&self.text, &self.origin)?;
        let parameters = self.parameters();
        let named =
            header.defaults.iter().map(|(name, _)| name).chain(header.enumerate.iter().map(|(name, _)| name));
        for name in named {
            if parameters.iter().all(|parameter| parameter.name != *name) {
                let error = Error::query(format!("{}: the header names {name}, no parameter", self.origin));
                let names = parameters.iter().map(|parameter| parameter.name.as_str());
                return Err(match nearest::hint(name, names) {
                    Some(hint) => error.with_hint(hint),
                    None => error.with_hint(format!("a parameter is a variable ?_{name} or ?__{name}")),
                });
            }
        }
        Ok(header)
    }

    /// Its parameters, in the order of its text.
    pub fn parameters(&self) -> Vec<Parameter> {
        parameters::parameters(&self.text)
    }

    /// The query with its parameters bound to what was typed behind its name, and to its defaults.
    ///
    /// # Errors
    /// A bad header, a bad query, or arguments that don't fit.
    pub fn prepare(&self, arguments: &[String], source: &dyn QuerySource) -> Result<Query> {
        let header = self.header()?;
        let query = self.parsed()?;
        let parameters = self.parameters();
        let mut arguments = parameters::arguments(arguments, &parameters, &self.name)?;
        for (name, value) in &header.defaults {
            if arguments.iter().all(|(given, _)| nearest::key(given) != nearest::key(name)) {
                arguments.push((name.clone(), value.clone()));
            }
        }
        parameters::bind(&parameters, &arguments, &header.enumerate, &self.name, source)?.apply(query)
    }

    /// The query with its parameters still open.
    ///
    /// # Errors
    /// A text that is no query, or that gives a parameter a value of its own.
    pub fn parsed(&self) -> Result<Query> {
        let query = syntax::parse(&self.text, Some(&self.origin))?;
        let mut defined = None;
        algebra::visit(&query, &mut |part| {
            if let algebra::Part::Defined(variable) = part
                && Parameter::of_variable(variable.as_str()).is_some()
            {
                defined = Some(variable.to_string());
            }
        });
        match defined {
            Some(variable) => Err(Error::query(format!(
                "{}: {variable} is a parameter and can't be set by the query",
                self.origin
            ))
            .with_hint("a variable that begins with _ takes its value from the command line")),
            None => Ok(query),
        }
    }
}

/// All canned queries, by name.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    queries: BTreeMap<String, Canned>,
}

impl Catalogue {
    /// The queries that ship and those of the folders; a later one takes the place of an earlier one of its name.
    ///
    /// # Errors
    /// A folder or a file that can't be read.
    pub fn new(folders: &[PathBuf]) -> Result<Self> {
        let mut catalogue = Self::default();
        for (name, text) in SHIPPED {
            catalogue.add(Canned {
                name: (*name).to_owned(),
                origin: format!("queries/{name}.rq"),
                text: Cow::Borrowed(text),
            });
        }
        for folder in folders {
            for path in query_files(folder)? {
                catalogue.add(read(&path)?);
            }
        }
        Ok(catalogue)
    }

    fn add(&mut self, query: Canned) {
        self.queries.insert(query.name.clone(), query);
    }

    /// The query of a name.
    ///
    /// # Errors
    /// No query of that name, with the nearest names.
    pub fn get(&self, name: &str) -> Result<&Canned> {
        let wanted = nearest::key(name);
        let found =
            self.queries.get(name).or_else(|| self.iter().find(|query| nearest::key(&query.name) == wanted));
        found.ok_or_else(|| {
            let hint = nearest::hint(name, self.queries.keys().map(String::as_str));
            Error::usage(format!("there is no query {name}"))
                .with_hint(hint.unwrap_or_else(|| "`mainstay ask` lists the queries".to_owned()))
        })
    }

    /// The queries, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = &Canned> {
        self.queries.values()
    }
}

/// A query of a file.
///
/// # Errors
/// A file that can't be read or isn't UTF-8.
pub fn read(path: &Path) -> Result<Canned> {
    let text = text::read(path)?;
    let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(Canned { name, origin: path.display().to_string(), text: Cow::Owned(text) })
}

/// The `.rq` files of a folder, sorted.
///
/// # Errors
/// A folder that can't be read.
pub fn query_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |error| Error::io("read the folder", folder, error);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "rq") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_ships_and_is_valid() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("queries");
        let files: Vec<String> = query_files(&folder)
            .unwrap()
            .iter()
            .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        let shipped: Vec<&str> = SHIPPED.iter().map(|(name, _)| *name).collect();
        assert_eq!(files, shipped);
        for query in Catalogue::new(&[]).unwrap().iter() {
            query.header().unwrap();
            query.parsed().unwrap();
        }
    }

    #[test]
    fn a_query_that_sets_its_parameter_is_refused() {
        let text = "#+ summary: x\nSELECT ?_x { BIND(1 AS ?_x) }";
        let query = Canned { name: "q".to_owned(), origin: "q.rq".to_owned(), text: Cow::Borrowed(text) };
        let error = query.parsed().unwrap_err().to_string();
        assert_eq!(error, "q.rq: ?_x is a parameter and can't be set by the query");
    }

    #[test]
    fn a_header_names_only_parameters() {
        let text = "#+ summary: x\n#+ defaults:\n#+   - dys: 1\nSELECT * { ?s ?p ?_days_integer }";
        let query = Canned { name: "q".to_owned(), origin: "q.rq".to_owned(), text: Cow::Borrowed(text) };
        let error = query.header().unwrap_err();
        assert_eq!(error.to_string(), "q.rq: the header names dys, no parameter");
        assert_eq!(error.hints(), ["did you mean days?"]);
    }
}
