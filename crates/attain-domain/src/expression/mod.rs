//! Expressions: the formulas and conditions people write in plans and rules.
//!
//! The syntax is CEL's (the `cel` crate parses, `parse.rs` alone knows it); the language is our own
//! and smaller: numbers are exact decimals, every name and type is known when it is compiled, and
//! there are no loops, so an expression always ends. Never a float, a clock or a side effect.
//!
//! | Kind | What there is |
//! | --- | --- |
//! | numbers | `+ - * / %`, `-x`, `min`, `max`, `abs`, `floor`, `ceil` |
//! | rounding | `round(x, digits)`, half to even |
//! | equality | `== !=` on equal types, `x in [literals]` |
//! | order | `< <= > >=` on numbers, texts and dates |
//! | logic | `&& \|\| !` (left to right, stopping when decided), `condition ? a : b` |
//! | texts | `a.startsWith(b)`, `a.endsWith(b)`, `a.contains(b)`, `a.size()` (in characters) |
//! | dates | `date('2026-01-31')`, `year(d)`, `month(d)`, `day(d)` |
//! | names | `transaction.amount`, `transaction.attributes["deal size"]`, `has(name)` |
//!
//! **Absent values.** A transaction may lack an attribute. `has(name)` asks. Where a bare name is
//! compared, `==` and `in` with an absent value are false and `!=` is true, so rules over optional
//! attributes need no guard. Any other use of an absent value is an error that names it.
//!
//! **Exactness.** Literals are read exactly, and a result is exact whenever it fits 28 digits. A
//! longer one, such as `1 / 3`, is rounded half to even in its last digit if that leaves it
//! [`DECIMALS_KEPT_MIN`] decimal places or more; else it is an error, as is a result whose whole
//! part does not fit. No digit that could matter to an amount is lost silently.

mod arithmetic;
mod check;
mod condition;
mod equality;
mod error;
mod evaluate;
mod functions;
mod lex;
mod parse;
mod syntax;
#[cfg(test)]
mod tests;
mod tree;
mod value;

use std::fmt;
use std::sync::Arc;
use std::thread;

use smol_str::SmolStr;

use error::Problem;

pub use arithmetic::DECIMALS_KEPT_MIN;
pub use equality::Equality;
pub use error::{EvaluationError, ExpressionError, ExpressionErrorKind};
pub use lex::{CHAIN_MAX, DEPTH_MAX, SOURCE_BYTES_MAX};
pub use value::{Scope, Value, ValueType};

/// A checked and compiled expression. Cheap to clone; equal when the source is equal.
#[derive(Clone)]
pub struct Program(Arc<Compiled>);

struct Compiled {
    source: SmolStr,
    names: Vec<SmolStr>,
    root: tree::Typed,
}

impl Program {
    /// Parses, checks names and types, and compiles. `wanted` is the type the result must have.
    pub fn compile(
        source: &str,
        scope: &Scope,
        wanted: ValueType,
    ) -> Result<Program, ExpressionError> {
        compiled(source, scope, wanted)
            .map(|compiled| Program(Arc::new(compiled)))
            .map_err(|problem| problem.in_source(source))
    }

    /// The text it was compiled from, unchanged.
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// The type of its result.
    pub fn value_type(&self) -> ValueType {
        self.0.root.value_type()
    }

    /// The dotted names it reads, sorted and each once: the order [`Program::evaluate`] expects.
    pub fn names(&self) -> &[SmolStr] {
        &self.0.names
    }

    /// The result for `values`, in the order of [`Program::names`]. `None`, or a value that is not
    /// there, is absent. Nothing is allocated unless the result is a long text.
    pub fn evaluate(&self, values: &[Option<Value>]) -> Result<Value, EvaluationError> {
        evaluate::evaluate(&self.0.root, values)
            .map_err(|fault| fault.explained(&self.0.source, &self.0.names, values))
    }

    /// The result with each name asked once of `look_up`, in sorted order.
    pub fn evaluate_with(
        &self,
        look_up: impl FnMut(&str) -> Option<Value>,
    ) -> Result<Value, EvaluationError> {
        let values: Vec<_> = self
            .0
            .names
            .iter()
            .map(SmolStr::as_str)
            .map(look_up)
            .collect();
        self.evaluate(&values)
    }

    /// The conditions on single names that must hold for the whole to be true: its outermost
    /// `&&` terms of the form `name == literal` or `name in [literals]`. Rules are indexed by them.
    pub fn equalities(&self) -> Vec<Equality> {
        equality::equalities(&self.0.root, &self.0.names)
    }
}

impl fmt::Debug for Program {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("Program")
            .field(&self.0.source)
            .finish()
    }
}

impl PartialEq for Program {
    fn eq(&self, other: &Program) -> bool {
        self.0.source == other.0.source
    }
}

impl Eq for Program {}

/// The stack for sources that are not shallow. The generated parser in `cel` takes up to 200 KiB
/// for each bracket in an unoptimised build (16 KiB in an optimised one), so the deepest source
/// within our limits does not fit the 2 MiB of an ordinary thread. Only what is used is ever
/// backed by memory, and the thread ends with the compilation.
const COMPILER_STACK_BYTES: usize = 64 << 20;

fn compiled(source: &str, scope: &Scope, wanted: ValueType) -> Result<Compiled, Problem> {
    let words = lex::words(source)?;
    let compile = || {
        let syntax = parse::parse(source, &words.tokens)?;
        let names = syntax.names();
        let checker = check::Checker {
            scope,
            names: &names,
        };
        let root = checker.checked_as(&syntax, wanted)?;
        Ok(Compiled {
            source: source.into(),
            names,
            root,
        })
    };
    if words.is_shallow {
        compile()
    } else {
        with_large_stack(compile)
    }
}

/// As deep as can be compiled here, should the system give no thread.
fn with_large_stack<T: Send>(
    compile: impl FnOnce() -> Result<T, Problem> + Send,
) -> Result<T, Problem> {
    let too_deep = || Problem::new(0, ExpressionErrorKind::TooDeep);
    thread::scope(|scope| {
        let compiler = thread::Builder::new()
            .name("expression-compiler".to_owned())
            .stack_size(COMPILER_STACK_BYTES)
            .spawn_scoped(scope, compile)
            .map_err(|_| too_deep())?;
        compiler.join().unwrap_or_else(|_| Err(too_deep()))
    })
}
