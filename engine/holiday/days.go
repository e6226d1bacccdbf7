package holiday

import "time"

// rule is one holiday: n days after Easter Sunday (month 0), day n of a month, or the first such weekday on that day
// or after it, plus some days.
type rule struct {
	where       Set
	month       time.Month
	n           int
	weekday     day
	plus        int
	from, until int    // years; 0: without end
	not         [3]int // years in which it was moved away
	moves       moves
}

// day is a day of the week.
type day uint8

const (
	any day = iota
	sun
	mon
	_
	wed
	thu
)

// moves is the custom by which a holiday on a weekend is kept on another day too.
type moves uint8

const (
	stays     moves = iota
	toMonday        // Saturday and Sunday to Monday
	toTuesday       // the day after a toMonday one: Saturday to Monday, Sunday and Monday to Tuesday
	nearest         // Saturday to Friday, Sunday to Monday
)

// days is the table. Sources: the Feiertagsgesetze of the Länder and Art. 2 (2) of the Unification Treaty; the Austrian
// Feiertagsruhegesetz 1957; the cantons' Ruhetagsgesetze, with the customary 2 January in Zürich; the Banking and Financial Dealings Act 1971
// with its proclamations; 5 U.S.C. 6103.
var days = [...]rule{
	// Germany, in all Länder
	{where: de, month: time.January, n: 1},
	{where: de, n: -2},
	{where: de, n: +1},
	{where: de, month: time.May, n: 1},
	{where: de, n: 39},
	{where: de, n: 50},
	{where: de, month: time.October, n: 3, from: 1990},
	{where: de, month: time.October, n: 31, from: 2017, until: 2017},
	{where: de, month: time.December, n: 25},
	{where: de, month: time.December, n: 26},
	// in some
	{where: bw | by | st, month: time.January, n: 6},
	{where: be, month: time.March, n: 8, from: 2019},
	{where: mv, month: time.March, n: 8, from: 2023},
	{where: bb, n: 0},
	{where: be, month: time.May, n: 8, from: 2020, until: 2020},
	{where: be, month: time.May, n: 8, from: 2025, until: 2025},
	{where: be, month: time.June, n: 17, from: 2028, until: 2028},
	{where: bb, n: 49},
	{where: bw | by | he | nw | rp | sl | sn | th, n: 60},
	{where: by | sl, month: time.August, n: 15},
	{where: th, month: time.September, n: 20, from: 2019},
	{where: bb | mv | sn | st | th, month: time.October, n: 31, from: 1990},
	{where: hb | hh | ni | sh, month: time.October, n: 31, from: 2018},
	{where: bw | by | nw | rp | sl, month: time.November, n: 1},
	{where: sn, month: time.November, n: 16, weekday: wed, from: 1995},

	// Austria
	{where: at, month: time.January, n: 1},
	{where: at, month: time.January, n: 6},
	{where: at, n: +1},
	{where: at, month: time.May, n: 1},
	{where: at, n: 39},
	{where: at, n: 50},
	{where: at, n: 60},
	{where: at, month: time.August, n: 15},
	{where: at, month: time.October, n: 26},
	{where: at, month: time.November, n: 1},
	{where: at, month: time.December, n: 8},
	{where: at, month: time.December, n: 25},
	{where: at, month: time.December, n: 26},

	// Switzerland
	{where: ch, month: time.January, n: 1},
	{where: chBE | chVD | chZH | chRest, month: time.January, n: 2},
	{where: chRest, month: time.January, n: 6},
	{where: chRest, month: time.March, n: 1},
	{where: chRest, month: time.March, n: 19},
	{where: chRest, month: time.April, n: 1, weekday: thu}, // Näfelser Fahrt, in Holy Week a week later
	{where: chRest, month: time.April, n: 8, weekday: thu},
	{where: ch, n: -2},
	{where: ch, n: +1},
	{where: chBS | chZH | chRest, month: time.May, n: 1},
	{where: ch, n: 39},
	{where: ch, n: 50},
	{where: chRest, n: 60},
	{where: chRest, month: time.June, n: 23},
	{where: chRest, month: time.June, n: 29},
	{where: ch, month: time.August, n: 1},
	{where: chRest, month: time.August, n: 15},
	{where: chGE, month: time.September, n: 1, weekday: sun, plus: 4},
	{where: chVD | chRest, month: time.September, n: 15, weekday: sun, plus: 1},
	{where: chRest, month: time.September, n: 22},
	{where: chRest, month: time.September, n: 25},
	{where: chRest, month: time.November, n: 1},
	{where: chRest, month: time.December, n: 8},
	{where: ch, month: time.December, n: 25},
	{where: chBE | chBS | chZH | chRest, month: time.December, n: 26},
	{where: chGE, month: time.December, n: 31},

	// United Kingdom
	{where: eaw | nir, month: time.January, n: 1, moves: toMonday},
	{where: sct, month: time.January, n: 1, moves: toMonday},
	{where: sct, month: time.January, n: 2, moves: toTuesday},
	{where: nir, month: time.March, n: 17, moves: toMonday},
	{where: gb, n: -2},
	{where: eaw | nir, n: +1},
	{where: gb, month: time.May, n: 1, weekday: mon, not: [3]int{2020}},
	{where: gb, month: time.May, n: 8, from: 2020, until: 2020},
	{where: gb, month: time.May, n: 8, from: 2023, until: 2023},
	{where: gb, month: time.May, n: 25, weekday: mon, not: [3]int{2002, 2012, 2022}},
	{where: nir, month: time.July, n: 12, moves: toMonday},
	{where: sct, month: time.August, n: 1, weekday: mon},
	{where: eaw | nir, month: time.August, n: 25, weekday: mon},
	{where: sct, month: time.November, n: 30, from: 2007, moves: toMonday},
	{where: gb, month: time.December, n: 25, moves: toMonday},
	{where: gb, month: time.December, n: 26, moves: toTuesday},
	// once
	{where: gb, month: time.June, n: 3, from: 2002, until: 2002},
	{where: gb, month: time.June, n: 4, from: 2002, until: 2002},
	{where: gb, month: time.April, n: 29, from: 2011, until: 2011},
	{where: gb, month: time.June, n: 4, from: 2012, until: 2012},
	{where: gb, month: time.June, n: 5, from: 2012, until: 2012},
	{where: gb, month: time.June, n: 2, from: 2022, until: 2022},
	{where: gb, month: time.June, n: 3, from: 2022, until: 2022},
	{where: gb, month: time.September, n: 19, from: 2022, until: 2022},
	{where: sct, month: time.June, n: 15, from: 2026, until: 2026},

	// United States, federal
	{where: us, month: time.January, n: 1, moves: nearest},
	{where: us, month: time.January, n: 15, weekday: mon, from: 1986},
	{where: us, month: time.February, n: 15, weekday: mon},
	{where: us, month: time.May, n: 25, weekday: mon},
	{where: us, month: time.June, n: 19, from: 2021, moves: nearest},
	{where: us, month: time.July, n: 4, moves: nearest},
	{where: us, month: time.September, n: 1, weekday: mon},
	{where: us, month: time.October, n: 8, weekday: mon},
	{where: us, month: time.November, n: 11, moves: nearest},
	{where: us, month: time.November, n: 22, weekday: thu},
	{where: us, month: time.December, n: 25, moves: nearest},
}
