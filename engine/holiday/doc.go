// Package holiday knows the public holidays on which nobody is dunned: the German Länder, Austria, the Swiss
// cantons, the parts of the United Kingdom and the federal holidays of the United States.
//
//	holiday.Is("DE-BY", date)         // 6 January: true; "DE-BE": false
//	holiday.Is("DE", date)            // region unknown: a holiday of any Land counts
//	bavaria := holiday.Of("DE-BY")    // looked up once, asked often
//	bavaria.Has(date)
//
// What is unknown counts as a holiday wherever it could be one: a country without region, or with a region that is
// not known, has the holidays of all its regions, and a country that is not known those of all countries here. A
// holiday of some communities of a Land counts in the whole Land (Corpus Christi in Saxony and Thuringia, Assumption
// in Bavaria); the one of a single city (Augsburg, 8 August) does not. A holiday that is moved from a weekend counts on
// both days. Swiss cantons other than Zürich, Bern, Basel-Stadt, Vaud and Geneva take the union of all cantons.
//
// The table is our own: it has to be right for past years too (what was a holiday when, for replays and time travel)
// and by region. github.com/rickar/cal, the library that comes nearest, knows neither the years from which a Land keeps
// a day nor the parts of the United Kingdom.
package holiday
