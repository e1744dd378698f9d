//! Variables of queries that nothing binds: SPARQL itself would leave their cells empty.

use super::algebra::{Part, pattern, visit_pattern};
use crate::nearest;
use spargebra::Query;
use std::collections::BTreeSet;

/// A warning for each variable of a query that is selected, compared or written and that no pattern, BIND or VALUES
/// binds, with the nearest that is bound.
pub fn unbound(query: &Query) -> Vec<String> {
    let (mut bound, mut used) = (BTreeSet::new(), BTreeSet::new());
    visit_pattern(pattern(query), &mut |part| {
        let names = part.variables().into_iter().map(|variable| variable.as_str().to_owned());
        match part {
            Part::Triple(_) | Part::Path(..) | Part::Name(_) | Part::Defined(_) => bound.extend(names),
            Part::Expression(_) | Part::Listed(_) => used.extend(names),
        }
    });
    if let Query::Construct { template, .. } = query {
        for triple in template {
            used.extend(Part::Triple(triple).variables().iter().map(|variable| variable.as_str().to_owned()));
        }
    }
    let warning = |name: &String| {
        let near: Vec<String> = nearest::nearest(name, bound.iter().map(String::as_str), 1)
            .iter()
            .map(|near| format!("?{near}"))
            .collect();
        match near.as_slice() {
            [] => format!("nothing binds ?{name}"),
            near => format!("nothing binds ?{name}; did you mean {}?", nearest::alternatives(near)),
        }
    };
    used.difference(&bound).map(warning).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::syntax::parse;

    fn warnings(text: &str) -> Vec<String> {
        unbound(&parse(text, None).unwrap())
    }

    #[test]
    fn variables_that_nothing_binds_are_told() {
        let pair = ["nothing binds ?pair; did you mean ?par?"];
        assert_eq!(warnings("SELECT ?region ?pair { ?region rel:pairedWith ?par }"), pair);
        assert_eq!(warnings("SELECT ?s { ?s ?p ?par FILTER(?pair = 1) }"), pair);
        assert_eq!(warnings("SELECT ?s { ?s ?p ?o } ORDER BY ?other"), ["nothing binds ?other"]);
        assert_eq!(warnings("CONSTRUCT { ?s ?p ?pair } { ?s ?p ?par }"), pair);
        assert_eq!(
            warnings("SELECT ?s { ?s ?p ?o FILTER NOT EXISTS { ?s ?q ?o2 FILTER(?o > ?r) } }").len(),
            1
        );
    }

    #[test]
    fn what_is_bound_anywhere_is_no_mistake() {
        for text in [
            "SELECT * { ?s ?p ?o }",
            "SELECT ?g { GRAPH ?g { ?s rel:a/rel:b ?o } }",
            "SELECT (COUNT(*) AS ?n) ?p { ?s ?p ?o } GROUP BY ?p HAVING (COUNT(*) > 1) ORDER BY ?n",
            "SELECT ?x ?y { VALUES ?x { 1 } BIND(?x + 1 AS ?y) OPTIONAL { ?x ?p ?z } FILTER(BOUND(?z)) }",
            "ASK { { SELECT ?s (MAX(?o) AS ?most) { ?s ?p ?o } GROUP BY ?s } FILTER(?most > 1) }",
            "DESCRIBE ?s { ?s ?p ?o }",
        ] {
            assert_eq!(warnings(text), Vec::<String>::new(), "{text}");
        }
    }
}
