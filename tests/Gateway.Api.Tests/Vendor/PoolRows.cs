namespace Gateway.Api.Tests.Vendor;

/// <summary>How far the pool is walked: what is clear, unpaid and about one account costs no try (V5).</summary>
internal static class PoolRows
{
    public static IEnumerable<VendorRow> All => [.. Walked(), .. Mixed(), .. Nobody(), .. Far()];

    private static IEnumerable<(VendorWork Work, Sending As)> Sent =>
        [.. VendorWork.All.Select(work => (work, Sending.Call)), .. VendorWork.Jobs.Select(work => (work, Sending.Job)), (VendorWork.Image, Sending.Keyed), (VendorWork.ChatStream, Sending.Keyed)];

    private static IEnumerable<VendorRow> Walked() =>
        from sent in Sent
        from answer in Answers.OfOneAccount
        where answer.Name is "1002" || sent.Work == VendorWork.Chat || sent.Work == VendorWork.Image
        select new VendorRow($"V5 {sent.Work} as {sent.As}: four of five refuse alike and the fifth serves", answer.Name)
        {
            Work = sent.Work,
            As = sent.As,
            Accounts = 5,
            Script = [Says.Next(sent.Work.Operation, answer.Effect, 4)],
            Sends = 5,
            Used = sent.Work.Price,
            Health = [.. Enumerable.Repeat(LeftBy(answer.Name, sent.Work), 4)],
        };

    private static IEnumerable<VendorRow> Mixed() =>
        from sent in Sent
        select new VendorRow("V5 four say different things and the fifth serves", $"{sent.Work} as {sent.As}")
        {
            Work = sent.Work,
            As = sent.As,
            Accounts = 5,
            Script =
            [
                Says.Next(sent.Work.Operation, Answers.Suspicions[0].Effect),
                Says.Next(sent.Work.Operation, Says.Json(Says.BaseResp(1041, "conn limit"))),
                Says.Next(sent.Work.Operation, Says.Json(Says.BaseResp(1002, "rate limit"))),
                Says.Next(sent.Work.Operation, Answers.Suspicions[7].Effect),
            ],
            Sends = 5,
            Used = sent.Work.Price,
            Health = [Left.Suspect, Left.Suspect, Left.Suspect, Left.Suspect],
        };

    private static IEnumerable<VendorRow> Nobody() =>
        from sent in Sent
        where sent.As == Sending.Call
        select new VendorRow("V5 when all five answer 1002 the caller hears when the first is back", sent.Work.Name)
        {
            Work = sent.Work,
            Accounts = 5,
            Script = [Says.Always(sent.Work.Operation, Answers.OfOneAccount[0].Effect)],
            Status = 429,
            IsError = true,
            Sends = 5,
            RetryAfter = (30, 75),
        };

    private static IEnumerable<VendorRow> Far() =>
        from sent in Sent
        where sent.As == Sending.Job || sent.Work == VendorWork.Chat
        select new VendorRow("V5 nine of ten answer 1002 and the tenth serves", $"{sent.Work} as {sent.As}")
        {
            Work = sent.Work,
            As = sent.As,
            Accounts = 10,
            Script = [Says.Next(sent.Work.Operation, Answers.OfOneAccount[0].Effect, 9)],
            Sends = 10,
            Used = sent.Work.Price,
        };

    private static Left LeftBy(string code, VendorWork work) => code switch
    {
        "1004" => Left.AuthFailed,
        "1008" or "2056" or "2067" => Left.Exhausted,
        "2061" when work != VendorWork.Lyrics => Left.ModelBlocked,
        "1041" => Left.Suspect, // ten seconds of rest
        _ => Left.Ok,
    };
}
