package detector

import (
	"fmt"
	"strconv"
	"time"
)

// Sentence says in plain English why the track, or the pod, fired or did not fire at
// the second that was asked for.
func (e *Explanation) Sentence() string {
	switch {
	case e.Kept == NotJudged:
		return "not judged yet: the newest judged second is " + e.clock(e.Second)
	case e.Why == IsFiring:
		return e.subject() + e.whyFired()
	case e.Kept == NotKept:
		return e.subject() + "not known: the numbers of that time are not kept any more"
	case e.Why == Unknown:
		if e.Kept == Counted {
			return "cannot be known: nothing was logged in the minute of " + shortClock(e.Second)
		}
		return "cannot be known: nothing was logged since " + e.clock(e.Second)
	}
	return e.subject() + "did not fire" + e.when() + ": " + e.whyNot()
}

func (e *Explanation) subject() string {
	if e.Pod == "" {
		return ""
	}
	return "pod " + e.Pod + " "
}

// when says which second the numbers are from, if it is not the one asked for.
func (e *Explanation) when() string {
	switch {
	case e.Kept == Strongest:
		return ", nearest at " + e.clock(e.Second)
	case e.Kept == Counted && e.Second/60 == e.Asked/60:
		return " in the minute of " + shortClock(e.Second)
	default:
		return ""
	}
}

func (e *Explanation) whyFired() string {
	if e.Kept == Strongest && e.Since > e.Asked {
		return "fired at " + e.clock(e.Since) + ", after that: " + e.seen() + e.certainty()
	}
	text := "fires since " + e.clock(e.Since)
	switch {
	case e.Since == 0:
		text = "fires"
	case e.Since > e.Asked:
		text = "fired before this second was judged, early at " + e.clock(e.Since)
	}
	if e.Ended != 0 {
		text = "fired from " + e.clock(e.Since) + " to " + e.clock(e.Ended)
		if e.Reason == Stale {
			text += ", when it was stale"
		}
	}
	by := e
	if e.Fired != nil {
		by = e.Fired
	}
	text += ": " + by.seen() + by.certainty()
	switch {
	case e.Fired == nil || e.Kept == AtFire || e.Second == e.Fired.Second || e.Pod != "":
	case e.Second < e.Since && e.Since <= e.Asked: // of the seconds since then none is judged yet
	case e.Exposure == 0:
		text += "; now nothing was logged"
	case e.Kept == Counted:
		text += "; in the minute of " + shortClock(e.Second) + " " + e.seen()
	case e.Since > e.Asked:
		text += "; up to " + e.clock(e.Second) + " " + e.seen()
	default:
		text += "; now " + e.seen()
	}
	if e.Clear >= 1 && e.Reason != Stale {
		text += fmt.Sprintf("; certainty of its end %s of %s", short(e.Clear), short(e.ClearLimit))
	}
	return text
}

func (e *Explanation) whyNot() string {
	switch e.Why {
	case Unsettled:
		return "a log without requests is watched for two minutes before it is judged"
	case Quiet:
		if e.PerSecond {
			return "no " + e.Signal.String() + " in " + spanText(e.Window)
		}
		return fmt.Sprintf("no %s among %s in %s", e.Signal, plural(e.Exposure, "request"), spanText(e.Window))
	case TooFew:
		return fmt.Sprintf("%s; it takes at least %d", e.seen(), e.MinCount)
	case BelowFactor:
		if e.Kept == Counted && e.Limit > 0 && e.Observed >= e.Limit {
			return e.seen() + ", but no window that was judged reached " + e.required()
		}
		return e.seen() + "; " + e.required()
	case NotCertain:
		if e.Kept == Counted {
			return fmt.Sprintf("%s; a shorter window reached the limit, but may be chance: its certainty was below %s %% of what it takes", e.seen(), short(100*noteShare))
		}
		return fmt.Sprintf("%s, but it may be chance: certainty %s of the %s that it takes", e.seen(), short(e.Score), short(e.Threshold))
	case OneClient:
		return fmt.Sprintf("%s, but all came within %d s, as one client's retries do: certainty %s of the %s that it takes",
			e.seen(), together, short(e.Score), short(e.Threshold))
	case Near:
		if e.Score >= e.Threshold && e.Near >= e.NearLimit {
			return e.seen() + ", which is decided at the next event"
		}
		return fmt.Sprintf("%s, but it is not certain to be above %s times: %s of the %s that it takes",
			e.seen(), short(nearShare*e.Factor), short(e.Near), short(e.NearLimit))
	default:
		return e.Why.String()
	}
}

// required says what the estimate must reach.
func (e *Explanation) required() string {
	if e.Baseline > 0 && e.Limit > 1.005*e.Factor*e.Baseline {
		return "it takes " + short(e.Limit/e.Baseline) + " times, since the baseline moves by itself"
	}
	return "the factor is " + short(e.Factor)
}

func (e *Explanation) certainty() string {
	if e.Threshold == 0 {
		return ""
	}
	return fmt.Sprintf("; %s, certainty %s of %s", e.required(), short(e.Score), short(e.Threshold))
}

// seen says what was counted, and how many times the baseline that is.
func (e *Explanation) seen() string {
	span, verb, least := spanText(e.Window), "are", ""
	if e.Events == 1 {
		verb = "is"
	}
	if e.AtLeast {
		least = "at least "
	}
	var text string
	switch {
	case e.PerSecond:
		text = fmt.Sprintf("%s in %s %s %s per second", plural(e.Events, "event"), span, verb, short(e.Observed))
	case e.AtLeast:
		text = fmt.Sprintf("%s in %s %s at least %s of the requests", plural(e.Events, "event"), span, verb, percent(e.Observed))
	default:
		text = fmt.Sprintf("%s of %s in %s %s %s", whole(e.Events), plural(e.Exposure, "request"), span, verb, percent(e.Observed))
	}
	if e.Baseline <= 0 {
		return text
	}
	if e.PerSecond {
		return text + fmt.Sprintf(", %s times the baseline %s", short(e.Observed/e.Baseline), short(e.Baseline))
	}
	return text + fmt.Sprintf(", %s%s times the baseline %s", least, short(e.Observed/e.Baseline), percent(e.Baseline))
}

func whole(v float64) string { return strconv.FormatFloat(v, 'f', 0, 64) }

func plural(n float64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return whole(n) + " " + noun + "s"
}

// spanText writes a duration as "30 s" or "20 min".
func spanText(seconds int64) string {
	if seconds >= 120 && seconds%60 == 0 {
		return strconv.FormatInt(seconds/60, 10) + " min"
	}
	return strconv.FormatInt(seconds, 10) + " s"
}

// clock writes the time of a second, with its day if that is not the one asked for.
func (e *Explanation) clock(second int64) string {
	layout := "15:04:05"
	if second/86400 != e.Asked/86400 {
		layout = "2006-01-02 15:04:05"
	}
	return time.Unix(second, 0).UTC().Format(layout)
}

func shortClock(second int64) string { return time.Unix(second, 0).UTC().Format("15:04") }
