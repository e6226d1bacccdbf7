// Package debtor tells the person concerned about one decision, in plain English and German: what was
// decided, who decided, on which data, for which main reasons, what part chance had, what follows
// from it, and which rights there are (GDPR Art. 15, 17, 21 and 22; CJEU C-203/22: a concise and
// intelligible account of the procedure actually applied and of the data used).
//
// Everything comes from the decision's row, its account and what was answered then; there are no
// sums of money, no names of features or of the machinery, no address and nobody else's data. What
// is not known any more is said to be so.
//
//	e := debtor.Of(account, debtor.Basis{Zone: berlin, Known: known, Words: words, Contact: tenant.Contact})
//	fmt.Println(e.Text()[explain.German])   // Was entschieden wurde …
package debtor
