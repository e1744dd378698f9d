//! The parameters of a canned query: the variables `?_name` (required) and `?__name` (optional) in its text.
//!
//! The end of a name says what its values are, as in grlc: `_iri`, `_integer`, `_number`, `_date`, `_boolean`,
//! `_literal` or `_string`, `_xsd_DATATYPE`, `_en` (any language of two letters). Without such an ending, a name
//! that ends with the word of an [`EntityKind`] takes names of entities (`?_service`, `?__from_region`), and any
//! other takes text.

use super::binding::Binding;
use super::resolve::{EntityKind, resolve};
use super::tokens::{TokenKind, tokens};
use crate::engine::QuerySource;
use crate::error::{Error, Result};
use crate::nearest::{self, key};
use oxrdf::vocab::xsd;
use oxrdf::{Literal, NamedNode, Term, Variable};

/// What the values of a parameter are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// The name of an entity.
    Entity(EntityKind),
    /// An IRI, in full or with a known prefix.
    Iri,
    /// Text.
    Text,
    /// Text in a language.
    Language(String),
    /// A literal of a datatype.
    Typed(NamedNode),
}

/// A parameter of a canned query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The name that people type.
    pub name: String,
    /// The variable of the query.
    pub variable: Variable,
    /// Whether it must be given.
    pub required: bool,
    /// What its values are.
    pub kind: ParameterKind,
}

impl Parameter {
    /// The parameter behind a variable, given without `?`; none for other variables.
    pub fn of_variable(variable: &str) -> Option<Self> {
        let marked = variable.strip_prefix('_')?;
        let (required, name) = marked.strip_prefix('_').map_or((true, marked), |name| (false, name));
        if name.is_empty() {
            return None;
        }
        let (name, kind) = typed(name);
        Some(Self { name: name.to_owned(), variable: Variable::new(variable).ok()?, required, kind })
    }

    /// What its values are, in words.
    pub fn takes(&self) -> String {
        match &self.kind {
            ParameterKind::Entity(EntityKind::Service) => "a service, such as \"Service Bus\"".to_owned(),
            ParameterKind::Entity(EntityKind::Region) => "a region, such as \"West Europe\"".to_owned(),
            ParameterKind::Entity(EntityKind::Document) => {
                "a document: its file name, path or title".to_owned()
            }
            ParameterKind::Entity(EntityKind::Kind) => "a kind of facts, such as Downtime".to_owned(),
            ParameterKind::Entity(EntityKind::Scenario) => "a failure: zone or region".to_owned(),
            ParameterKind::Entity(EntityKind::Value) => "an outcome, such as ZoneRedundant".to_owned(),
            ParameterKind::Entity(kind) => format!("the name of a {}", kind.word()),
            ParameterKind::Iri => "an IRI, such as svc:azure-service-bus".to_owned(),
            ParameterKind::Text => "text".to_owned(),
            ParameterKind::Language(language) => format!("text in the language {language}"),
            ParameterKind::Typed(datatype) => match super::lookup::local_name(datatype.as_str()) {
                "integer" => "a whole number".to_owned(),
                "decimal" => "a number".to_owned(),
                "date" => "a date, such as 2025-12-31".to_owned(),
                "boolean" => "true or false".to_owned(),
                other => format!("a literal of xsd:{other}"),
            },
        }
    }

    /// The term that a text stands for.
    ///
    /// # Errors
    /// A text that is none of the parameter's values.
    pub fn value(&self, source: &dyn QuerySource, text: &str) -> Result<Term> {
        match &self.kind {
            ParameterKind::Entity(kind) => resolve(source, *kind, text),
            ParameterKind::Iri => self.iri(text),
            ParameterKind::Text => Ok(Literal::new_simple_literal(text).into()),
            ParameterKind::Language(language) => Literal::new_language_tagged_literal(text, language)
                .map(Term::from)
                .map_err(|error| Error::query(format!("{} is no language", language)).with_source(error)),
            ParameterKind::Typed(datatype) => self.typed_value(datatype, text),
        }
    }

    fn iri(&self, text: &str) -> Result<Term> {
        let bare = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(text);
        let expanded = bare.split_once(':').and_then(|(prefix, local)| {
            let (_, namespace) = crate::vocabulary::PREFIXES.iter().find(|(known, _)| *known == prefix)?;
            Some(format!("{namespace}{local}"))
        });
        NamedNode::new(expanded.unwrap_or_else(|| bare.to_owned())).map(Term::from).map_err(|error| {
            Error::usage(format!("{}={text} is no IRI", self.name))
                .with_source(error)
                .with_hint("write it in full, or with a prefix: svc:azure-service-bus")
        })
    }

    fn typed_value(&self, datatype: &NamedNode, text: &str) -> Result<Term> {
        let text = text.trim();
        let fits = match datatype.as_ref() {
            xsd::INTEGER => text.parse::<i64>().is_ok(),
            xsd::DECIMAL => text.parse::<f64>().is_ok_and(f64::is_finite) && !text.contains(['e', 'E']),
            xsd::BOOLEAN => matches!(text, "true" | "false" | "1" | "0"),
            xsd::DATE => is_date(text),
            _ => true,
        };
        if fits {
            return Ok(Literal::new_typed_literal(text, datatype.clone()).into());
        }
        Err(Error::usage(format!("{}={text} is not {}", self.name, self.takes())))
    }
}

/// Name and kind of a parameter.
fn typed(name: &str) -> (&str, ParameterKind) {
    if let Some((name, datatype)) = name.rsplit_once("_xsd_").filter(|(name, _)| !name.is_empty()) {
        let datatype = NamedNode::new_unchecked(format!("http://www.w3.org/2001/XMLSchema#{datatype}"));
        return (name, ParameterKind::Typed(datatype));
    }
    if let Some((stem, ending)) = name.rsplit_once('_').filter(|(stem, _)| !stem.is_empty()) {
        let kind = match ending {
            "iri" => Some(ParameterKind::Iri),
            "literal" | "string" => Some(ParameterKind::Text),
            "integer" => Some(ParameterKind::Typed(xsd::INTEGER.into())),
            "number" => Some(ParameterKind::Typed(xsd::DECIMAL.into())),
            "date" => Some(ParameterKind::Typed(xsd::DATE.into())),
            "boolean" => Some(ParameterKind::Typed(xsd::BOOLEAN.into())),
            ending if ending.len() == 2 && ending.chars().all(|c| c.is_ascii_lowercase()) => {
                Some(ParameterKind::Language(ending.to_owned()))
            }
            _ => None,
        };
        if let Some(kind) = kind {
            return (stem, kind);
        }
    }
    let last = name.rsplit('_').next().unwrap_or(name);
    let entity = EntityKind::ALL.into_iter().find(|kind| kind.word() == last);
    (name, entity.map_or(ParameterKind::Text, ParameterKind::Entity))
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number =
        |part: &str, length: usize| (part.len() == length).then(|| part.parse::<u32>().ok()).flatten();
    match parts.as_slice() {
        [year, month, day] => {
            number(year, 4).is_some()
                && number(month, 2).is_some_and(|month| (1..=12).contains(&month))
                && number(day, 2).is_some_and(|day| (1..=31).contains(&day))
        }
        _ => false,
    }
}

/// The parameters of a query, in the order of its text.
pub fn parameters(text: &str) -> Vec<Parameter> {
    let mut found: Vec<Parameter> = Vec::new();
    for token in tokens(text).into_iter().filter(|token| token.kind == TokenKind::Variable) {
        let name = &text[token.byte_span.start + 1..token.byte_span.end];
        if let Some(parameter) = Parameter::of_variable(name)
            && found.iter().all(|known| known.variable != parameter.variable)
        {
            found.push(parameter);
        }
    }
    found
}

/// What was typed behind the name of a query: `name=value`, or a bare value where there is one parameter.
///
/// # Errors
/// A bare value that may belong to several parameters, or to none.
pub fn arguments(texts: &[String], parameters: &[Parameter], query: &str) -> Result<Vec<(String, String)>> {
    texts
        .iter()
        .map(|text| match (text.split_once('='), parameters) {
            (Some((name, value)), _) => Ok((name.trim().to_owned(), value.to_owned())),
            (None, [only]) => Ok((only.name.clone(), text.clone())),
            (None, _) => {
                Err(Error::usage(format!("{text} is given to no parameter"))
                    .with_hint(usage(parameters, query)))
            }
        })
        .collect()
}

/// Binds values to parameters; values of `enumerate` are the only ones where they are listed.
///
/// # Errors
/// An unknown, repeated or missing parameter, or a value that doesn't fit.
pub fn bind(
    parameters: &[Parameter],
    arguments: &[(String, String)],
    enumerate: &[(String, Vec<String>)],
    query: &str,
    source: &dyn QuerySource,
) -> Result<Binding> {
    for (index, (name, _)) in arguments.iter().enumerate() {
        if parameters.iter().all(|parameter| !is(parameter, name)) {
            let error = Error::usage(format!("{query} has no parameter {name}"));
            let near = nearest::hint(name, parameters.iter().map(|parameter| parameter.name.as_str()));
            return Err(error.with_hint(near.unwrap_or_else(|| usage(parameters, query))));
        }
        if arguments[..index].iter().any(|(earlier, _)| key(earlier) == key(name)) {
            return Err(Error::usage(format!("{name} is given twice")));
        }
    }
    let mut binding = Binding::default();
    for parameter in parameters {
        match arguments.iter().find(|(name, _)| is(parameter, name)) {
            Some((_, text)) => {
                let text = one_of(parameter, text, enumerate)?;
                binding.values.insert(parameter.variable.clone(), parameter.value(source, &text)?);
            }
            None if parameter.required => {
                return Err(Error::usage(format!("{query} needs {}: {}", parameter.name, parameter.takes()))
                    .with_hint(usage(parameters, query)));
            }
            None => {
                binding.absent.insert(parameter.variable.clone());
            }
        }
    }
    Ok(binding)
}

fn is(parameter: &Parameter, name: &str) -> bool {
    key(&parameter.name) == key(name)
}

fn one_of(parameter: &Parameter, text: &str, enumerate: &[(String, Vec<String>)]) -> Result<String> {
    let listed = enumerate.iter().find(|(name, values)| is(parameter, name) && !values.is_empty());
    let Some((_, values)) = listed else { return Ok(text.to_owned()) };
    match values.iter().find(|value| key(value) == key(text)) {
        Some(value) => Ok(value.clone()),
        None => Err(Error::usage(format!("{}={text} is not one of its values", parameter.name))
            .with_hint(format!("write {}", nearest::alternatives(values)))),
    }
}

/// How a query is called: `usage: mainstay ask NAME a=… [b=…]`.
pub fn usage(parameters: &[Parameter], query: &str) -> String {
    let parts = parameters.iter().map(|parameter| {
        if parameter.required {
            format!(" {}=…", parameter.name)
        } else {
            format!(" [{}=…]", parameter.name)
        }
    });
    format!("usage: mainstay ask {query}{}", parts.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::memory::Memory;

    fn parameter(variable: &str) -> Parameter {
        Parameter::of_variable(variable).unwrap()
    }

    #[test]
    fn the_ending_of_a_name_tells_its_kind() {
        let kind = |variable: &str| {
            let parameter = parameter(variable);
            (parameter.name, parameter.required, parameter.kind)
        };
        let typed = |datatype: &str| {
            ParameterKind::Typed(NamedNode::new_unchecked(format!(
                "http://www.w3.org/2001/XMLSchema#{datatype}"
            )))
        };
        assert_eq!(
            kind("_service"),
            ("service".to_owned(), true, ParameterKind::Entity(EntityKind::Service))
        );
        assert_eq!(
            kind("__from_region"),
            ("from_region".to_owned(), false, ParameterKind::Entity(EntityKind::Region))
        );
        assert_eq!(kind("_service_iri"), ("service".to_owned(), true, ParameterKind::Iri));
        assert_eq!(kind("__days_integer"), ("days".to_owned(), false, typed("integer")));
        assert_eq!(kind("_age_xsd_gYear"), ("age".to_owned(), true, typed("gYear")));
        assert_eq!(kind("_word_de"), ("word".to_owned(), true, ParameterKind::Language("de".to_owned())));
        assert_eq!(kind("_word"), ("word".to_owned(), true, ParameterKind::Text));
        assert_eq!(Parameter::of_variable("word"), None);
        assert_eq!(Parameter::of_variable("__"), None);
    }

    #[test]
    fn values_are_checked() {
        let graph = Memory::from_turtle("");
        let value = |variable: &str, text: &str| match parameter(variable).value(&graph, text) {
            Ok(term) => term.to_string(),
            Err(error) => error.to_string(),
        };
        assert_eq!(value("_n_integer", "12"), "\"12\"^^<http://www.w3.org/2001/XMLSchema#integer>");
        assert_eq!(value("_n_integer", "1.5"), "n=1.5 is not a whole number");
        assert_eq!(value("_n_number", "inf"), "n=inf is not a number");
        assert_eq!(value("_d_date", "2025-13-01"), "d=2025-13-01 is not a date, such as 2025-12-31");
        assert_eq!(value("_x_iri", "svc:a"), "<https://w3id.org/mainstay/service/a>");
        assert!(value("_x_iri", "a b").starts_with("x=a b is no IRI"));
        assert_eq!(value("_x", "a \" b"), r#""a \" b""#);
    }

    #[test]
    fn parameters_are_found_and_bound() {
        let text =
            "SELECT ?x { ?x rel:a ?_word ; rel:b ?__n_integer FILTER(?_word != \"?_no\") } # ?_comment";
        let parameters = parameters(text);
        let names: Vec<&str> = parameters.iter().map(|parameter| parameter.name.as_str()).collect();
        assert_eq!(names, ["word", "n"]);
        let graph = Memory::from_turtle("");
        let bound = |arguments: &[(&str, &str)]| {
            let arguments: Vec<(String, String)> =
                arguments.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            bind(
                &parameters,
                &arguments,
                &[("word".to_owned(), vec!["A".to_owned(), "B".to_owned()])],
                "q",
                &graph,
            )
            .map_err(|error| format!("{error} ({})", error.hints().join("; ")))
        };
        let binding = bound(&[("word", "b")]).unwrap();
        assert_eq!(binding.values[&parameters[0].variable], Literal::from("B").into());
        assert!(binding.absent.contains(&parameters[1].variable));
        assert_eq!(bound(&[]).unwrap_err(), "q needs word: text (usage: mainstay ask q word=… [n=…])");
        assert_eq!(bound(&[("wrd", "A")]).unwrap_err(), "q has no parameter wrd (did you mean word?)");
        assert_eq!(bound(&[("word", "C")]).unwrap_err(), "word=C is not one of its values (write A or B)");
        assert_eq!(bound(&[("word", "A"), ("Word", "B")]).unwrap_err(), "Word is given twice ()");
    }

    #[test]
    fn a_bare_value_needs_a_single_parameter() {
        let one = [parameter("_service")];
        let given = arguments(&["Service Bus".to_owned()], &one, "q").unwrap();
        assert_eq!(given, [("service".to_owned(), "Service Bus".to_owned())]);
        let two = [parameter("_a"), parameter("_b")];
        assert_eq!(
            arguments(&["x".to_owned()], &two, "q").unwrap_err().to_string(),
            "x is given to no parameter"
        );
    }
}
