//! Lists as streams: the next page is asked for when the rows of the last one are taken.

use std::pin::Pin;

use futures::stream::{self, Stream, StreamExt, TryStreamExt};

use crate::error::ClientError;

/// The rows of a list. Ends after the first error.
pub type Rows<T> = Pin<Box<dyn Stream<Item = Result<T, ClientError>> + Send>>;

/// How many rows are asked for at once.
pub(crate) const PAGE_ROWS: i32 = 1_000;

/// One page: its rows, and the token of the next.
pub(crate) struct Page<T> {
    pub(crate) rows: Vec<T>,
    pub(crate) next: String,
}

/// Where a list stands.
enum Place {
    /// The page of this token comes next.
    At(String),
    /// There are no more.
    End,
}

/// All rows of a list; `page` asks for the page of a token, and is empty for the first.
pub(crate) fn rows<T, F, Fut>(page: F) -> Rows<T>
where
    T: Send + 'static,
    F: Fn(String) -> Fut + Send + 'static,
    Fut: Future<Output = Result<Page<T>, ClientError>> + Send + 'static,
{
    let pages = stream::try_unfold(
        (page, Place::At(String::new())),
        |(page, place)| async move {
            let Place::At(token) = place else {
                return Ok::<_, ClientError>(None);
            };
            let Page { rows, next } = page(token).await?;
            let place = if next.is_empty() {
                Place::End
            } else {
                Place::At(next)
            };
            Ok(Some((
                stream::iter(rows).map(Ok::<_, ClientError>),
                (page, place),
            )))
        },
    );
    Box::pin(pages.try_flatten())
}

/// A stream of rows over the pages of a list call; `$message` is a request without its token.
macro_rules! listed {
    (
        $client:expr, $module:ident :: $service:ident . $method:ident, $message:expr, $rows:ident
    ) => {{
        let client = $client.clone();
        let message = $message;
        $crate::page::rows(move |page_token| {
            let client = client.clone();
            let mut message = message.clone();
            message.page_size = $crate::page::PAGE_ROWS;
            message.page_token = page_token;
            async move {
                let answer =
                    $crate::connection::unary!(client, $module::$service.$method, message).await?;
                Ok($crate::page::Page {
                    rows: answer.$rows,
                    next: answer.next_page_token,
                })
            }
        })
    }};
}
pub(crate) use listed;
