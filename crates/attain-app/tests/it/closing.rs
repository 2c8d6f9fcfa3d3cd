//! A month is closed when nothing in it is half done.

use attain_app::Limits;
use attain_domain::refusal::Reason;
use futures::executor::block_on;

use crate::corrections::{adjust, direct_credits, one_of_each, paid_company, revert};
use crate::world::bench::Bench;
use crate::world::company::Company;
use crate::world::knobs::Knob;

async fn close_january(bench: &Bench, company: &Company) -> Result<(), Reason> {
    let mut closed = company.clone();
    closed.turn(&[Knob::CloseJanuary(true)]);
    match bench.define(&closed).await {
        Ok(_) => Ok(()),
        Err(refusals) => {
            let field = refusals[0].field.as_deref();
            assert_eq!(field, Some("periods.2026-01.status"), "{refusals:?}");
            Err(refusals[0].reason)
        }
    }
}

#[test]
fn a_month_is_closed_once_nothing_in_it_waits() {
    block_on(async {
        let (bench, company) = paid_company(Limits::default()).await;
        let mut own = direct_credits(&bench).await;
        own.retain(|credit| credit.period.as_str() == "2026-01");
        adjust(&bench, &one_of_each(&own)[..1]).await;
        let refused = close_january(&bench, &company).await;
        assert_eq!(refused, Err(Reason::RevertPending));
        revert(&bench).await.expect("nothing is in the way");
        let refused = close_january(&bench, &company).await;
        assert_eq!(refused, Err(Reason::CalculationPending));
        bench.run_all().await.expect("nothing is in the way");
        assert_eq!(close_january(&bench, &company).await, Ok(()));
    });
}

#[test]
fn a_month_without_sales_is_closed_at_once() {
    block_on(async {
        let company = Company::with(&[Knob::CloseJanuary(false)]);
        let bench = Bench::new(Limits::default()).await;
        bench.define(&company).await.expect("it can be defined");
        assert_eq!(close_january(&bench, &company).await, Ok(()));
    });
}
