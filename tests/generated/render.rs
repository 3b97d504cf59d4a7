//! Types of the generated code, written so that people can compare them.

use syn::{GenericArgument, Path, PathArguments, PathSegment, ReturnType, Type};

/// A type without lifetimes, and without the paths of the standard library.
///
/// # Panics
///
/// When the generator uses a form of type that it did not use before.
pub(super) fn ty(ty: &Type) -> String {
    match ty {
        Type::Path(of) => path(&of.path),
        Type::Reference(of) => format!("&{}", self::ty(&of.elem)),
        Type::Tuple(of) => format!("({})", list(of.elems.iter().map(self::ty))),
        _ => panic!("the digest does not know this form of type: {ty:?}"),
    }
}

pub(super) fn output(output: &ReturnType) -> String {
    match output {
        ReturnType::Default => "()".to_owned(),
        ReturnType::Type(_, of) => ty(of),
    }
}

pub(super) fn path(path: &Path) -> String {
    // Written `::std::option::Option`; a path within the crate begins with `crate` or its name.
    let skipped = if path.leading_colon.is_some() { path.segments.len() - 1 } else { 0 };
    let segments: Vec<_> = path.segments.iter().skip(skipped).map(segment).collect();
    segments.join("::")
}

fn segment(segment: &PathSegment) -> String {
    match &segment.arguments {
        PathArguments::None => segment.ident.to_string(),
        PathArguments::AngleBracketed(of) => {
            format!("{}<{}>", segment.ident, list(of.args.iter().filter_map(argument)))
        }
        PathArguments::Parenthesized(_) => panic!("the digest does not know function types"),
    }
}

fn argument(argument: &GenericArgument) -> Option<String> {
    match argument {
        GenericArgument::Lifetime(_) => None,
        GenericArgument::Type(of) => Some(ty(of)),
        _ => panic!("the digest does not know this form of argument: {argument:?}"),
    }
}

fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}
