//! A parsed Rust file, and the few facts about it that the checks ask for.

use std::ops::RangeInclusive;
use std::str::FromStr;

use proc_macro2::{LineColumn, TokenStream, TokenTree};
use syn::visit::{self, Visit};

use super::{Finding, SourceFile};

/// What the checks need to know of a file beyond its text.
#[derive(Debug, Default)]
pub(super) struct Syntax {
    /// Every function with a body, by the lines from its `fn` to its closing brace.
    pub(super) functions: Vec<(String, RangeInclusive<usize>)>,
    /// Every `mod`, with or without a body, and its line.
    pub(super) modules: Vec<(String, usize)>,
    /// Every word of the code, those inside macros included, and its line. No comments.
    pub(super) words: Vec<(String, usize)>,
    /// The lines of every raw string: nothing can break those but another content.
    pub(super) raw_strings: Vec<RangeInclusive<usize>>,
    /// The line and the width of every literal that is written on one line.
    pub(super) literals: Vec<(usize, usize)>,
}

/// Parses the file; one that is not Rust is itself a finding.
pub(super) fn parse(file: &SourceFile) -> Result<Syntax, Finding> {
    let refusal = |line, error: &dyn std::fmt::Display| {
        file.finding(
            line,
            format!("does not parse as Rust ({error})"),
            "make it compile",
        )
    };
    let parsed =
        syn::parse_file(&file.text).map_err(|error| refusal(error.span().start().line, &error))?;
    let tokens = TokenStream::from_str(&file.text).map_err(|error| refusal(1, &error))?;
    let mut syntax = Syntax::default();
    syntax.visit_file(&parsed);
    syntax.read_tokens(tokens);
    Ok(syntax)
}

impl Syntax {
    fn read_tokens(&mut self, tokens: TokenStream) {
        for token in tokens {
            let span = token.span();
            match token {
                TokenTree::Group(group) => self.read_tokens(group.stream()),
                TokenTree::Ident(word) => self.words.push((word.to_string(), span.start().line)),
                TokenTree::Literal(literal) => {
                    self.add_literal(&literal.to_string(), span.start(), span.end());
                }
                TokenTree::Punct(_) => {}
            }
        }
    }

    fn add_literal(&mut self, text: &str, start: LineColumn, end: LineColumn) {
        if start.line == end.line {
            self.literals.push((start.line, end.column - start.column));
        }
        if ["r", "br", "cr"].iter().any(|prefix| is_raw(text, prefix)) {
            self.raw_strings.push(start.line..=end.line);
        }
    }

    fn add_function(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let first = signature.fn_token.span.start().line;
        let last = block.brace_token.span.close().end().line;
        self.functions
            .push((signature.ident.to_string(), first..=last));
    }
}

fn is_raw(literal: &str, prefix: &str) -> bool {
    literal
        .strip_prefix(prefix)
        .is_some_and(|rest| rest.starts_with(['#', '"']))
}

impl<'ast> Visit<'ast> for Syntax {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.add_function(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.add_function(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(block) = &function.default {
            self.add_function(&function.sig, block);
        }
        visit::visit_trait_item_fn(self, function);
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        self.modules
            .push((module.ident.to_string(), module.ident.span().start().line));
        visit::visit_item_mod(self, module);
    }
}
