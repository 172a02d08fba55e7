using Gateway.Simulator;

namespace Gateway.Api.Tests.Vendor;

/// <summary>Calls that are answered in one piece.</summary>
internal static class CallRows
{
    public static IEnumerable<VendorRow> All =>
        [.. Coded(), .. Odd(), .. Suspected(), .. Proven(), .. OfTheModel(), .. Pages(), .. Doubtful(), .. Empty(), .. Dressed(), .. Unasked(), .. RetryAfters()];

    private static IEnumerable<VendorRow> Coded() =>
        from work in VendorWork.Whole
        from error in Says.CodedErrors(1002, "rate limit exceeded(RPM)", 429, "rate_limit_error")
        select new VendorRow($"V17 {work}: 1002 in any form goes to the next account", error.Name)
        {
            Work = work,
            Script = [Says.Next(work.Operation, error.Effect)],
            Sends = 2,
            Used = work.Price,
        };

    /// <summary>What can be read as an error but not as which: it must not pass for a success, and nothing is paid twice.</summary>
    private static IEnumerable<VendorRow> Odd() =>
        from work in VendorWork.Whole
        from body in new[]
        {
            """{"error":"something went wrong"}""",
            """{"error":{"message":"something went wrong","code":null}}""",
            """{"type":"error","error":{"type":7,"message":["what"]}}""",
            """{"type":"error","error":null}""",
            """{"error":{"code":"invalid_prompt"}}""",
            """{"base_resp":{"status_code":-1,"status_msg":null}}""",
        }
        select new VendorRow($"V12 {work}: an error nobody can name is no success", body)
        {
            Work = work,
            Script = [Says.Always(work.Operation, Says.Json(body))],
            IsError = true,
            Status = null,
            Sends = null,
            Used = null, // whether work was done is not told either
            ServesAfterwards = true,
        };

    private static IEnumerable<VendorRow> Suspected()
    {
        foreach (var work in VendorWork.Whole)
        {
            foreach (var answer in Answers.Suspicions)
            {
                yield return new VendorRow($"V3 {work}: suspicion goes to the next account", answer.Name)
                {
                    Work = work,
                    Script = [Says.Next(work.Operation, answer.Effect)],
                    Sends = 2,
                    Used = work.Price,
                    Health = [Left.Suspect],
                };
                yield return new VendorRow($"V3 {work}: suspicion of two accounts is the request's own fault", answer.Name)
                {
                    Work = work,
                    Accounts = 4,
                    Script = [Says.Always(work.Operation, answer.Effect)],
                    Status = null,
                    IsError = true,
                    Sends = 2,
                    Says = answer.Words.Length > 0 ? [answer.Words] : [],
                    Hides = ["example.com"],
                    Health = [Left.Suspect, Left.Suspect],
                    ServesAfterwards = true,
                };
            }
        }

        foreach (var answer in Answers.Suspicions)
        {
            yield return new VendorRow("V3 chat: suspicion is probed and cleared", answer.Name)
            {
                Work = VendorWork.Chat,
                Script = [Says.Next(Operation.Chat, answer.Effect)],
                Sends = 2,
                Used = VendorWork.Chat.Price,
                Health = [Left.Cleared],
            };
            yield return new VendorRow("V8 chat: suspicion that the probe confirms is shown", answer.Name)
            {
                Work = VendorWork.Chat,
                Script = [.. new[] { Operation.Chat, Operation.Models }.Select(operation => Says.Always(operation, answer.Effect))],
                Accounts = 1,
                Status = null,
                IsError = true,
                Sends = null,
                Health = [Left.Misconfigured],
            };
        }
    }

    private static IEnumerable<VendorRow> Proven()
    {
        foreach (var work in VendorWork.Whole)
        {
            foreach (var answer in Answers.Proofs)
            {
                yield return new VendorRow($"V3 {work}: proof goes to the next account", answer.Name)
                {
                    Work = work,
                    Script = [Says.Next(work.Operation, answer.Effect)],
                    Sends = 2,
                    Used = work.Price,
                    Health = [Left.AuthFailed],
                };
            }
        }

        yield return new VendorRow("V3 chat: proof of every account costs no try and says nothing of their keys", "1004")
        {
            Work = VendorWork.Chat,
            Accounts = 4,
            Script = [Says.Always(Operation.Chat, Answers.Proofs[0].Effect)],
            Status = 503,
            IsError = true,
            Sends = 4,
            Hides = ["login fail", "secret key"],
            Health = [.. Enumerable.Repeat(Left.AuthFailed, 4)],
        };
    }

    private static IEnumerable<VendorRow> OfTheModel()
    {
        foreach (var work in VendorWork.Whole.Where(work => work != VendorWork.Lyrics))
        {
            foreach (var answer in Answers.ModelWords)
            {
                yield return new VendorRow($"V3 {work}: words about the model are the caller's at once", answer.Name)
                {
                    Work = work,
                    Script = [Says.Always(work.Operation, answer.Effect)],
                    Status = null,
                    IsError = true,
                    Sends = 1,
                    Says = [answer.Words],
                    ServesAfterwards = true,
                };
            }

            yield return new VendorRow($"V4 {work}: a permission error blocks the model on that account", "403")
            {
                Work = work,
                Script =
                [
                    Says.Next(
                        work.Operation,
                        Says.Json(
                            """{"type":"error","error":{"type":"permission_error","message":"Your API key does not have permission to use the specified resource"}}""",
                            403))
                ],
                Sends = 2,
                Used = work.Price,
                Health = [Left.ModelBlocked],
            };
        }
    }

    private static IEnumerable<VendorRow> Pages() =>
        from work in VendorWork.Whole
        from page in Answers.PagesBelow500
        select new VendorRow($"V4 {work}: a page of an edge blames nobody and the next account is asked", page.Name)
        {
            Work = work,
            Script = [Says.Next(work.Operation, page.Effect)],
            Sends = 2,
            Used = work.Price,
        };

    private static IEnumerable<VendorRow> Doubtful() =>
        from work in VendorWork.Whole
        from answer in Answers.Doubts
        select work.IsChat
            ? new VendorRow($"V8 {work}: doubt before the first byte is asked of another account", answer.Name)
            {
                Work = work,
                Script = [Says.Next(work.Operation, answer.Effect)],
                Sends = 2,
                Used = 2 * work.Price, // the first may have been billed (C3)
            }
            : new VendorRow($"V8 {work}: doubt is charged and never sent twice", answer.Name)
            {
                Work = work,
                Script = [Says.Always(work.Operation, answer.Effect)],
                Status = null, // what is an error in JSON may be shown as it is
                IsError = true,
                Sends = 1,
                Used = work.Price,
            };

    private static IEnumerable<VendorRow> Empty()
    {
        foreach (var work in VendorWork.Whole)
        {
            foreach (var (name, body) in Says.Nothing(work))
            {
                yield return new VendorRow($"V12 {work}: nothing is no success and costs nothing", name)
                {
                    Work = work,
                    Script = [Says.Always(work.Operation, Says.Json(body))],
                    Status = null,
                    IsError = true,
                    Sends = work.IsChat ? 2 : 1,
                };
                if (work.IsChat)
                    yield return new VendorRow($"V12 {work}: nothing goes to the next account", name)
                    {
                        Work = work,
                        Script = [Says.Next(work.Operation, Says.Json(body))],
                        Sends = 2,
                        Used = work.Price,
                    };
            }
        }
    }

    /// <summary>Good answers in odd dress: paid, so they must reach the caller.</summary>
    private static IEnumerable<VendorRow> Dressed() =>
        from work in VendorWork.Whole
        from dress in new (string Name, FaultEffect.Answer Effect)[]
        {
            ("gzip'd", new(Accepted: true, Gzip: true)),
            ("gzip'd as plain text", new(Accepted: true, Gzip: true, ContentType: "text/plain")),
            ("as plain text", new(Accepted: true, ContentType: "text/plain; charset=utf-8")),
            ("as a page", new(Accepted: true, ContentType: "text/html")),
            ("as bytes", new(Accepted: true, ContentType: "application/octet-stream")),
            ("without a content type", new(Accepted: true, ContentType: null)),
            ("as problem JSON", new(Accepted: true, ContentType: "application/problem+json")),
            ("behind a byte order mark", new("\uFEFF" + work.OneAnswer)),
            ("behind empty lines", new("\r\n\n  " + work.OneAnswer + "\n\n")),
            ("under 201", new(Accepted: true, Status: 201)),
        }
        select new VendorRow($"V14 {work}: a good answer in odd dress reaches the caller", dress.Name)
        {
            Work = work,
            Script = [Says.Next(work.Operation, dress.Effect)],
            Status = null,
            Says = ["\"base_resp\""],
            Used = work.Price,
        };

    /// <summary>A stream nobody asked for.</summary>
    private static IEnumerable<VendorRow> Unasked() =>
        from dress in new[] { Says.EventStream, "application/json" }
        from sending in new[] { Sending.Call, Sending.Keyed, Sending.Job }
        select new VendorRow($"V7 chat as {sending}: a stream that was not asked for is the answer", dress)
        {
            Work = VendorWork.Chat,
            As = sending,
            Script = [Says.Next(Operation.Chat, Says.Stream(VendorWork.ChatStream.Frames) with { ContentType = dress })],
            Says = ["Hel"],
            Used = VendorWork.Chat.Price,
        };

    private static IEnumerable<VendorRow> RetryAfters() =>
        from told in new (string Name, FaultEffect.Answer Effect, int Least, int Most)[]
        {
            ("600 s", TooMany("600"), 560, 601),
            ("a day", TooMany("86400"), 3540, 3601),
            ("a date", TooMany("Tue, 29 Dec 2099 00:00:00 GMT"), 3540, 3601),
            ("no time at all", TooMany("soon"), 30, 75),
            ("a time gone by", TooMany("-5"), 1, 75),
            ("600 s in a line", Says.Line(429, "slow down", ("Retry-After", "600")), 560, 601),
            ("600 s beside 1002", Says.Json(Says.BaseResp(1002, "rate limit"), 429) with { Headers = new Dictionary<string, string> { ["retry-after"] = "600" } }, 560, 601),
        }
        select new VendorRow("V19 chat: a 429 with Retry-After is believed for an hour at most", told.Name)
        {
            Work = VendorWork.Chat,
            Accounts = 1,
            Script = [Says.Always(Operation.Chat, told.Effect)],
            Status = 429,
            IsError = true,
            RetryAfter = (told.Least, told.Most),
        };

    private static FaultEffect.Answer TooMany(string retryAfter) =>
        Says.Json("""{"error":{"message":"Too many requests"}}""", 429) with
        {
            Headers = new Dictionary<string, string> { ["Retry-After"] = retryAfter },
        };
}
