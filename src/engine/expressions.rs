//! Expressions over tables. Logic, BOUND, sameTerm, the kinds of terms and EXISTS are decided on term numbers;
//! everything else goes to the general evaluator, once for each distinct combination of values.

use super::delegate::{Delegate, constant};
use super::execution::Execution;
use super::graphs::Scope;
use super::native::Native;
use super::operators::Ask;
use super::table::{Table, Var, Vars};
use super::values::{Missing, Row};
use super::walk::{every_exists, has_exists, used_variables, varies, with_now};
use crate::error::Result;
use crate::graph::Kind;
use oxrdf::Variable;
use rustc_hash::FxHashMap;
use spargebra::algebra::{Expression, Function};

/// The truth of an expression in a row: 1, 0, or an error.
type Truth = Option<bool>;

/// The variables of an expression that a table has columns for.
struct Operands<'t> {
    vars: Vec<(Var, Variable)>,
    columns: Vec<&'t [u32]>,
    len: usize,
}

impl<'t> Operands<'t> {
    fn new(execution: &Execution<'_>, expression: &Expression, table: &'t Table) -> Result<Self> {
        let mut operands = Self { vars: Vec::new(), columns: Vec::new(), len: table.len() };
        for variable in used_variables(expression) {
            let var = execution.var(&variable)?;
            if let Some(column) = table.column(var) {
                operands.vars.push((var, variable));
                operands.columns.push(column);
            }
        }
        Ok(operands)
    }

    /// For each row the place of its combination of values among the distinct ones, and these.
    fn distinct(&self, execution: &Execution<'_>) -> Result<(Vec<u32>, Vec<Vec<u32>>)> {
        execution.distinct_rows(&self.columns, self.len)
    }
}

impl Execution<'_> {
    /// The rows of a table for which an expression holds.
    pub(super) fn filter(&self, table: Table, expression: &Expression, ask: Ask<'_>) -> Result<Table> {
        let truths = self.truths(expression, &table, ask)?;
        if truths.iter().all(|truth| *truth == Some(true)) {
            return Ok(table);
        }
        let rows: Vec<u32> =
            (0..table.len() as u32).filter(|row| truths[*row as usize] == Some(true)).collect();
        self.gather(&table, &rows, table.vars())
    }

    /// The effective boolean value of an expression for each row.
    fn truths(&self, expression: &Expression, table: &Table, ask: Ask<'_>) -> Result<Vec<Truth>> {
        self.check()?;
        let is_logic = matches!(
            expression,
            Expression::And(..) | Expression::Or(..) | Expression::Not(_) | Expression::Exists(_)
        );
        if !is_logic && let Some((expression, table)) = self.without_exists(expression, table, ask.graph)? {
            return self.truths(&expression, &table, ask);
        }
        Ok(match expression {
            Expression::And(a, b) => {
                let (a, b) = (self.truths(a, table, ask)?, self.truths(b, table, ask)?);
                a.into_iter().zip(b).map(|(a, b)| and(a, b)).collect()
            }
            Expression::Or(a, b) => {
                let (a, b) = (self.truths(a, table, ask)?, self.truths(b, table, ask)?);
                a.into_iter().zip(b).map(|(a, b)| not(and(not(a), not(b)))).collect()
            }
            Expression::Not(inner) => self.truths(inner, table, ask)?.into_iter().map(not).collect(),
            Expression::Bound(variable) => match table.column(self.var(variable)?) {
                Some(column) => column.iter().map(|number| Some(*number != 0)).collect(),
                None => vec![Some(false); table.len()],
            },
            Expression::Exists(pattern) => self.exists(pattern, table, ask)?.into_iter().map(Some).collect(),
            Expression::SameTerm(a, b) => match self.operands(a, b, table)? {
                Some((a, b)) => a.zip(b).map(|(a, b)| (a != 0 && b != 0).then_some(a == b)).collect(),
                None => self.evaluated_truths(expression, table)?,
            },
            Expression::Equal(a, b) => match (self.languages(a, b, table)?, self.operands(a, b, table)?) {
                (Some(truths), _) => truths,
                (None, Some((a, b))) => self.equalities(expression, table, a, b)?,
                (None, None) => self.evaluated_truths(expression, table)?,
            },
            Expression::FunctionCall(function, arguments) => match (kind_test(function), &arguments[..]) {
                (Some(test), [Expression::Variable(variable)]) => {
                    let Some(column) = table.column(self.var(variable)?) else {
                        return Ok(vec![None; table.len()]);
                    };
                    column.iter().map(|number| self.space.kind(*number).map(test)).collect()
                }
                _ => self.evaluated_truths(expression, table)?,
            },
            _ => self.evaluated_truths(expression, table)?,
        })
    }

    /// Two variables or constants as columns.
    #[expect(clippy::type_complexity, reason = "the two columns are used at once and nowhere else")]
    fn operands<'t>(
        &self,
        a: &Expression,
        b: &Expression,
        table: &'t Table,
    ) -> Result<Option<(Box<dyn Iterator<Item = u32> + 't>, Box<dyn Iterator<Item = u32> + 't>)>> {
        Ok(match (self.operand(a, table)?, self.operand(b, table)?) {
            (Some(a), Some(b)) => Some((a, b)),
            _ => None,
        })
    }

    fn operand<'t>(
        &self,
        expression: &Expression,
        table: &'t Table,
    ) -> Result<Option<Box<dyn Iterator<Item = u32> + 't>>> {
        let len = table.len();
        let same = |number: u32| -> Box<dyn Iterator<Item = u32> + 't> {
            Box::new(std::iter::repeat_n(number, len))
        };
        Ok(match expression {
            Expression::Variable(variable) => match table.column(self.var(variable)?) {
                Some(column) => Some(Box::new(column.iter().copied())),
                None => Some(same(0)),
            },
            Expression::NamedNode(node) => Some(same(self.space.number(node.clone().into()))),
            Expression::Literal(literal) => Some(same(self.space.number(literal.clone().into()))),
            _ => None,
        })
    }

    /// `LANG(?x) = "en"` for each row, where all values are of the graph.
    fn languages(&self, a: &Expression, b: &Expression, table: &Table) -> Result<Option<Vec<Truth>>> {
        let (Expression::FunctionCall(Function::Lang, arguments), Expression::Literal(language)) = (a, b)
        else {
            return Ok(None);
        };
        let [Expression::Variable(variable)] = &arguments[..] else { return Ok(None) };
        let Some(column) = table.column(self.var(variable)?) else { return Ok(None) };
        if language.datatype() != oxrdf::vocab::xsd::STRING
            || !column.iter().all(|n| self.space.is_native(*n))
        {
            return Ok(None);
        }
        let tagged = self.terms.of_kind(Kind::LangString);
        let wanted = self.terms.with_prefix(Kind::LangString, &format!("{}\0", language.value()));
        let untagged = language.value().is_empty();
        let truth = |number: &u32| match *number {
            number if number < self.terms.of_kind(Kind::String).start => None,
            number if tagged.contains(&number) => Some(wanted.contains(&number)),
            _ => Some(untagged),
        };
        Ok(Some(column.iter().map(truth).collect()))
    }

    /// `=` for each row: on numbers where an IRI or blank node is compared, by the evaluator where two literals are.
    fn equalities(
        &self,
        expression: &Expression,
        table: &Table,
        a: impl Iterator<Item = u32>,
        b: impl Iterator<Item = u32>,
    ) -> Result<Vec<Truth>> {
        let is_node = |number: u32| matches!(self.space.kind(number), Some(Kind::Iri | Kind::Blank));
        let mut truths = Vec::with_capacity(table.len());
        let mut undecided = Vec::new();
        for (row, (a, b)) in a.zip(b).enumerate() {
            truths.push(if a == 0 || b == 0 {
                None
            } else if is_node(a) || is_node(b) {
                Some(a == b)
            } else {
                undecided.push(row as u32);
                None
            });
        }
        if !undecided.is_empty() {
            let rest = self.gather(table, &undecided, table.vars())?;
            for (row, truth) in undecided.iter().zip(self.evaluated_truths(expression, &rest)?) {
                truths[*row as usize] = truth;
            }
        }
        Ok(truths)
    }

    /// The truth of an expression by its value.
    fn evaluated_truths(&self, expression: &Expression, table: &Table) -> Result<Vec<Truth>> {
        let operands = Operands::new(self, expression, table)?;
        if let Some(native) = Native::new(expression, &operands.vars, &self.space) {
            let outcomes = if operands.columns.len() > 1 {
                self.native_truths(&native, &operands.columns)?
            } else {
                let (places, distinct) = operands.distinct(self)?;
                let columns: Vec<&[u32]> = distinct.iter().map(|column| &**column).collect();
                let outcomes = self.native_truths(&native, &columns)?;
                places.into_iter().map(|place| outcomes[place as usize]).collect()
            };
            if !outcomes.contains(&Err(Missing::Undecided)) {
                return Ok(outcomes.into_iter().map(std::result::Result::ok).collect());
            }
        }
        let truth =
            Expression::If(Box::new(expression.clone()), Box::new(constant(true)), Box::new(constant(false)));
        let yes = self.space.number_of_boolean(true);
        let numbers = self.values(&truth, table)?;
        Ok(numbers.into_iter().map(|number| (number != 0).then_some(number == yes)).collect())
    }

    /// The values of an expression that may ask for EXISTS in some graphs, for each row; 0 where it fails.
    pub(super) fn values_with_exists(
        &self,
        expression: &Expression,
        table: &Table,
        graph: Option<Scope>,
    ) -> Result<Vec<u32>> {
        match self.without_exists(expression, table, graph)? {
            Some((expression, table)) => self.values(&expression, &table),
            None => self.values(expression, table),
        }
    }

    /// The same expression with a variable for each EXISTS, and the table with the truth of each as a column; `None`
    /// where it has none.
    fn without_exists(
        &self,
        expression: &Expression,
        table: &Table,
        graph: Option<Scope>,
    ) -> Result<Option<(Expression, Table)>> {
        if !has_exists(expression) {
            return Ok(None);
        }
        let (mut expression, mut rows) = (expression.clone(), table.clone());
        let [no, yes] = [false, true].map(|truth| self.space.number_of_boolean(truth));
        for (index, part) in every_exists(&mut expression).into_iter().enumerate() {
            let Expression::Exists(pattern) = part else { continue };
            let found = self.exists(pattern, table, Ask { graph, ..Ask::default() })?;
            let var = self.own(&format!("exists{index}"))?;
            rows.put(var, found.into_iter().map(|found| if found { yes } else { no }).collect());
            *part = self.name(var).into();
        }
        Ok(Some((expression, rows)))
    }

    /// The values of an expression without EXISTS for each row; 0 where it fails.
    pub(super) fn values(&self, expression: &Expression, table: &Table) -> Result<Vec<u32>> {
        if let Some(numbers) = self.operand(expression, table)? {
            return Ok(numbers.collect());
        }
        let operands = Operands::new(self, expression, table)?;
        if varies(expression) {
            let columns: Vec<Vec<u32>> = operands.columns.iter().map(|column| column.to_vec()).collect();
            return self.values_of_distinct(expression, &operands.vars, &columns, operands.len);
        }
        let native = Native::new(expression, &operands.vars, &self.space);
        if let Some(native) = &native
            && operands.columns.len() > 1
        {
            return self.native_values(native, expression, &operands.vars, &operands.columns);
        }
        let (places, distinct) = operands.distinct(self)?;
        let columns: Vec<&[u32]> = distinct.iter().map(|column| &**column).collect();
        let results = match &native {
            Some(native) => self.native_values(native, expression, &operands.vars, &columns)?,
            None => {
                let len = distinct.first().map_or(1, Vec::len);
                self.values_of_distinct(expression, &operands.vars, &distinct, len)?
            }
        };
        Ok(places.into_iter().map(|place| results[place as usize]).collect())
    }

    fn native_truths(
        &self,
        native: &Native,
        columns: &[&[u32]],
    ) -> Result<Vec<std::result::Result<bool, Missing>>> {
        let len = columns.first().map_or(1, |column| column.len());
        let mut numbers = Vec::with_capacity(columns.len());
        let truth = |row: usize| {
            numbers.clear();
            numbers.extend(columns.iter().map(|column| column[row]));
            self.worked(16)?;
            Ok(native.truth(&Row { space: &self.space, numbers: &numbers }))
        };
        (0..len).map(truth).collect()
    }

    /// The values of an expression; the general evaluator gives those that are not decided here.
    fn native_values(
        &self,
        native: &Native,
        expression: &Expression,
        vars: &[(Var, Variable)],
        columns: &[&[u32]],
    ) -> Result<Vec<u32>> {
        let len = columns.first().map_or(1, |column| column.len());
        let mut results = Vec::with_capacity(len);
        let mut undecided = Vec::new();
        let mut numbers = Vec::with_capacity(columns.len());
        for row in 0..len {
            numbers.clear();
            numbers.extend(columns.iter().map(|column| column[row]));
            results.push(match native.value(&Row { space: &self.space, numbers: &numbers }) {
                Ok(value) => value.number(&self.space),
                Err(Missing::Error) => 0,
                Err(Missing::Undecided) => {
                    undecided.push(row);
                    0
                }
            });
            self.worked(16)?;
        }
        if !undecided.is_empty() {
            let rest = columns.iter().map(|column| undecided.iter().map(|row| column[*row]).collect());
            let values =
                self.values_of_distinct(expression, vars, &rest.collect::<Vec<_>>(), undecided.len())?;
            undecided.into_iter().zip(values).for_each(|(row, value)| results[row] = value);
        }
        Ok(results)
    }

    /// For each row the place of its combination of values among the distinct ones, and these.
    pub(super) fn distinct_rows(&self, columns: &[&[u32]], len: usize) -> Result<(Vec<u32>, Vec<Vec<u32>>)> {
        let mut distinct: Vec<Vec<u32>> = vec![Vec::new(); columns.len()];
        let mut places = Vec::with_capacity(len);
        match columns {
            [] => places.resize(len, 0),
            [column] => {
                let mut known: FxHashMap<u32, u32> = FxHashMap::default();
                for value in *column {
                    let values = &mut distinct[0];
                    places.push(*known.entry(*value).or_insert_with(|| {
                        values.push(*value);
                        values.len() as u32 - 1
                    }));
                    self.worked(1)?;
                }
            }
            columns => {
                let mut known: FxHashMap<Box<[u32]>, u32> = FxHashMap::default();
                let mut key = Vec::new();
                for row in 0..len {
                    key.clear();
                    key.extend(columns.iter().map(|column| column[row]));
                    let place = match known.get(&key[..]) {
                        Some(place) => *place,
                        None => {
                            let place = known.len() as u32;
                            known.insert(key.clone().into_boxed_slice(), place);
                            distinct.iter_mut().zip(&key).for_each(|(values, value)| values.push(*value));
                            place
                        }
                    };
                    places.push(place);
                    self.check_at(row)?;
                }
            }
        }
        Ok((places, distinct))
    }

    /// Evaluates distinct rows, those with the same variables bound together.
    fn values_of_distinct(
        &self,
        expression: &Expression,
        vars: &[(Var, Variable)],
        columns: &[Vec<u32>],
        len: usize,
    ) -> Result<Vec<u32>> {
        let delegate = Delegate::new(self.space.clone(), self.cancellation()).with_base_of(&self.frame);
        let expression = &with_now(expression, self);
        let mut groups: Vec<(Vars, Vec<u32>)> = Vec::new();
        for row in 0..len {
            let bound = columns.iter().zip(vars).filter(|(column, _)| column[row] != 0);
            let bound: Vars = bound.map(|(_, (var, _))| *var).collect();
            match groups.iter_mut().find(|(vars, _)| *vars == bound) {
                Some((_, rows)) => rows.push(row as u32),
                None => groups.push((bound, vec![row as u32])),
            }
            self.worked(columns.len())?;
        }
        let mut results = vec![0; len];
        for (bound, rows) in groups {
            let of_group = |column: &Vec<u32>| rows.iter().map(|row| column[*row as usize]).collect();
            let there = vars.iter().zip(columns).filter(|((var, _), _)| bound.contains(*var));
            let (variables, columns): (Vec<Variable>, Vec<Vec<u32>>) =
                there.map(|((_, variable), column)| (variable.clone(), of_group(column))).unzip();
            let values = delegate.evaluate(expression, &variables, columns, rows.len())?;
            rows.iter().zip(values).for_each(|(row, value)| results[*row as usize] = value);
        }
        Ok(results)
    }
}

fn and(a: Truth, b: Truth) -> Truth {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn not(truth: Truth) -> Truth {
    truth.map(|truth| !truth)
}

/// What a function that asks for the kind of a term says of each kind.
fn kind_test(function: &Function) -> Option<fn(Kind) -> bool> {
    Some(match function {
        Function::IsIri => |kind| kind == Kind::Iri,
        Function::IsBlank => |kind| kind == Kind::Blank,
        Function::IsLiteral => |kind| kind > Kind::Iri,
        _ => return None,
    })
}
