using Gateway.Simulator;

namespace Gateway.Api.Tests.Vendor;

/// <summary>The same work as a job, and as a call under a key.</summary>
internal static class JobRows
{
    private static readonly IReadOnlyList<VendorWork> Paid = [VendorWork.Speech, VendorWork.Image, VendorWork.Music];

    public static IEnumerable<VendorRow> All =>
        [.. Coded(), .. Suspected(), .. Blamed(), .. OfTheModel(), .. Pages(), .. Doubtful(), .. Empty(), .. EmptyChats(), .. Dressed(), .. Streams()];

    private static IEnumerable<VendorRow> Coded() =>
        from work in VendorWork.Jobs
        from error in Says.CodedErrors(1002, "rate limit exceeded(RPM)", 429, "rate_limit_error")
        select new VendorRow($"V17 {work} as a job: 1002 in any form goes to the next account", error.Name)
        {
            Work = work,
            As = Sending.Job,
            Script = [Says.Next(work.Operation, error.Effect)],
            Sends = 2,
            Used = work.Price,
        };

    private static IEnumerable<VendorRow> Suspected() =>
        from work in VendorWork.Jobs
        from answer in Answers.Suspicions
        select new VendorRow($"V3 {work} as a job: suspicion goes to the next account", answer.Name)
        {
            Work = work,
            As = Sending.Job,
            Script = [Says.Next(work.Operation, answer.Effect)],
            Sends = 2,
            Used = work.Price,
            Health = [Left.Suspect],
        };

    private static IEnumerable<VendorRow> Blamed() =>
        from work in VendorWork.Jobs
        from answer in Answers.Suspicions.Where(answer => answer.Words.Length > 0)
        select new VendorRow($"V3 {work} as a job: suspicion of two accounts fails it with their words", answer.Name)
        {
            Work = work,
            As = Sending.Job,
            Accounts = 4,
            Script = [Says.Always(work.Operation, answer.Effect)],
            JobStatus = "failed",
            JobError = "upstream_error",
            Sends = 2,
            Says = [answer.Words],
            Health = [Left.Suspect, Left.Suspect],
            ServesAfterwards = true,
        };

    private static IEnumerable<VendorRow> OfTheModel() =>
        from work in VendorWork.Jobs
        from answer in Answers.ModelWords
        select new VendorRow($"V3 {work} as a job: words about the model are the caller's at once", answer.Name)
        {
            Work = work,
            As = Sending.Job,
            Script = [Says.Always(work.Operation, answer.Effect)],
            JobStatus = "failed",
            JobError = "upstream_error",
            Sends = 1,
            Says = [answer.Words.Replace("`", "", StringComparison.Ordinal)],
            ServesAfterwards = true,
        };

    private static IEnumerable<VendorRow> Pages() =>
        from work in VendorWork.Jobs
        from page in Answers.PagesBelow500
        select new VendorRow($"V4 {work} as a job: a page of an edge blames nobody and the next account is asked", page.Name)
        {
            Work = work,
            As = Sending.Job,
            Script = [Says.Next(work.Operation, page.Effect)],
            Sends = 2,
            Used = work.Price,
        };

    private static IEnumerable<VendorRow> Doubtful() =>
        from work in Paid
        from answer in Answers.Doubts
        select new VendorRow($"V8 {work} as a job: doubt lasts to its hard end, is charged and never sent twice", answer.Name)
        {
            Work = work,
            As = Sending.Job,
            Settings = [($"Gateway:Limits:{work.Kind}:LongestRun", "00:01:00"), ("Gateway:NodeLease", "10:00:00")],
            Script = [Says.Always(work.Operation, answer.Effect)],
            Leap = TimeSpan.FromMinutes(1),
            JobStatus = "failed",
            JobError = "hard_end",
            Sends = 1,
            Used = work.Price,
        };

    private static IEnumerable<VendorRow> Empty() =>
        from work in Paid
        from nothing in Says.Nothing(work)
        from sending in new[] { Sending.Job, Sending.Keyed }
        select new VendorRow($"V12 {work} as {sending}: nothing fails and costs nothing", nothing.Name)
        {
            Work = work,
            As = sending,
            Script = [Says.Always(work.Operation, Says.Json(nothing.Body))],
            Status = null,
            IsError = true,
            JobStatus = "failed",
            JobError = "empty_answer",
            Sends = 1,
        };

    private static IEnumerable<VendorRow> EmptyChats()
    {
        foreach (var (name, body) in Says.Nothing(VendorWork.Chat))
        {
            yield return new VendorRow("V12 chat as a job: nothing goes to the next account", name)
            {
                Work = VendorWork.Chat,
                As = Sending.Job,
                Script = [Says.Next(Operation.Chat, Says.Json(body))],
                Sends = 2,
                Used = VendorWork.Chat.Price,
            };
            yield return new VendorRow("V12 chat as a job: nothing of all accounts fails it", name)
            {
                Work = VendorWork.Chat,
                As = Sending.Job,
                Script = [Says.Always(Operation.Chat, Says.Json(body))],
                JobStatus = "failed",
                JobError = "empty_answer",
                Sends = 2,
            };
        }
    }

    private static IEnumerable<VendorRow> Dressed() =>
        from work in VendorWork.Jobs
        from sending in work.Streams ? new[] { Sending.Job } : [Sending.Job, Sending.Keyed]
        from dress in new (string Name, FaultEffect.Answer Effect)[]
        {
            ("gzip'd", new(Accepted: true, Gzip: true, ContentType: Usual(work))),
            ("as plain text", new(Accepted: true, ContentType: "text/plain")),
            ("as JSON", new(Accepted: true)),
            ("without a content type", new(Accepted: true, ContentType: null)),
            ("behind a byte order mark", new("\uFEFF" + work.OneAnswer)),
            ("under 201", new(work.OneAnswer, Status: 201)),
        }
        select new VendorRow($"V14 {work} as {sending}: a good answer in odd dress is its result", dress.Name)
        {
            Work = work,
            As = sending,
            Script = [Says.Next(work.Operation, dress.Effect)],
            Used = work.Price,
        };

    /// <summary>Streams, asked for in a way nobody documents, or not told as such.</summary>
    private static IEnumerable<VendorRow> Streams()
    {
        foreach (var sending in new[] { Sending.Keyed, Sending.Job })
        {
            foreach (var stream in new[] { "\"true\"", "1" })
            {
                yield return new VendorRow(
                    $"V7 chat as {sending}: a stream that is asked for oddly is answered, or refused by the gateway", stream)
                {
                    Work = VendorWork.Chat,
                    As = sending,
                    Body = VendorWork.Chat.Body.Replace("\"max_tokens\"", $"\"stream\":{stream},\"max_tokens\"", StringComparison.Ordinal),
                    Script = [Says.Next(Operation.Chat, Says.Stream(VendorWork.ChatStream.Frames))],
                    MayBeRefused = true,
                    Used = VendorWork.Chat.Price,
                };
            }
        }

        foreach (var error in Says.CodedErrors(1002, "rate limit exceeded(RPM)", 429, "rate_limit_error").DistinctBy(error => error.Effect.Body))
            yield return new VendorRow("V10 chat stream under a key: an error in the first frame goes to the next account", error.Name)
            {
                Work = VendorWork.ChatStream,
                As = Sending.Keyed,
                Script = [Says.Next(Operation.Chat, Says.Stream(error.Effect.Body!))],
                Sends = 2,
                Used = VendorWork.ChatStream.Price,
            };
    }

    private static string Usual(VendorWork work) => work.Streams ? Says.EventStream : "application/json";
}
