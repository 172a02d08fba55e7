namespace Gateway.Grains.Routing;

/// <summary>A share that a team has used up.</summary>
/// <param name="Of">Of what.</param>
/// <param name="Held">What it has.</param>
/// <param name="Most">What it may have.</param>
/// <param name="All">What there is for all teams together.</param>
internal sealed record TeamShare(Shared Of, int Held, int Most, int All)
{
    /// <summary>The part of something that one team may have: never less than one, so that no team is shut out.</summary>
    public static int MostOf(double share, int all) => Math.Max(1, (int)(share * all));

    /// <summary>One node's part of what all nodes together may do: rounded up, so it is one at least.</summary>
    public static int PartOf(int most, int nodes) => nodes <= 1 ? most : (most + nodes - 1) / nodes;

    /// <summary>What was exceeded, by how much, and what ends it; for people.</summary>
    public string Describe() => Of switch
    {
        Shared.UnansweredSlots =>
            $"the team's share of slots is used up: {Held} of {All} are held by its requests that no upstream has answered yet, and it " +
                $"may hold {Most}; the next goes out when one of them is answered or over",
        Shared.Slots => $"the team's share of slots is used up: it holds {Held} of {All}, and may hold {Most} while others wait",
        Shared.WaitingCalls =>
            $"the team's share of waiting places is used up: {Held} of its calls wait for a slot, and it may have {Most} of {All}; send " +
                $"fewer at a time",
        _ =>
            $"the team's share of the queue is used up: it has {Held} jobs in the queue, and may have {Most} of {All}; wait until some " +
                $"have started",
    };

    /// <summary>The same as a sentence.</summary>
    public string Sentence
    {
        get
        {
            var words = Describe();
            return $"{char.ToUpperInvariant(words[0])}{words[1..]}.";
        }
    }

    /// <summary>The same in a few words.</summary>
    public string Words => Of switch
    {
        Shared.UnansweredSlots => $"waits for its team's share of slots: {Held} of {All} held by requests without an answer",
        _ => $"waits for its team's share of slots: {Held} of {All} held while others wait",
    };
}
