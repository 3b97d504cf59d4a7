//! progenitor sends the version of the spec along, which the service does not know.
//!
//! The transport takes it out of each request. That it is not even put in makes every call cheaper, and
//! no more than that: generated code of another form is left as it is, and still builds.

use quote::quote;
use syn::{Expr, ImplItem, ImplItemFn, Item, Pat, Stmt};

/// What progenitor calls the headers that it makes.
const MAP: &str = "header_map";

/// Takes the header out of every operation that sends no other one by the same map.
pub(crate) fn leave_out(client: &mut syn::File) {
    for item in &mut client.items {
        let Item::Impl(item) = item else { continue };
        for item in &mut item.items {
            let ImplItem::Fn(function) = item else { continue };
            let mut without = function.clone();
            take_out(&mut without);
            // Wholly or not at all: what is left of it might not build.
            if !quote!(#without).to_string().contains(MAP) {
                *function = without;
            }
        }
    }
}

fn take_out(function: &mut ImplItemFn) {
    function.block.stmts.retain(|statement| !makes_map(statement) && !names_version(statement));
    for statement in &mut function.block.stmts {
        if let Stmt::Local(local) = statement
            && let Some(value) = &mut local.init
        {
            send_no_map(&mut value.expr);
        }
    }
}

/// `let mut header_map = …;`
fn makes_map(statement: &Stmt) -> bool {
    let Stmt::Local(local) = statement else { return false };
    matches!(&local.pat, Pat::Ident(name) if name.ident == MAP)
}

/// `header_map.append(… "api-version" …);`
fn names_version(statement: &Stmt) -> bool {
    let Stmt::Expr(Expr::MethodCall(call), _) = statement else { return false };
    let arguments = &call.args;
    is_map(&call.receiver) && quote!(#arguments).to_string().contains("\"api-version\"")
}

/// Takes `.headers(header_map)` out of the calls that make a request.
fn send_no_map(mut chain: &mut Expr) {
    loop {
        if let Expr::MethodCall(call) = &*chain
            && call.method == "headers"
            && call.args.first().is_some_and(is_map)
        {
            *chain = (*call.receiver).clone();
        }
        chain = match chain {
            Expr::MethodCall(call) => &mut call.receiver,
            Expr::Try(tried) => &mut tried.expr,
            _ => return,
        };
    }
}

fn is_map(expression: &Expr) -> bool {
    matches!(expression, Expr::Path(path) if path.path.is_ident(MAP))
}
