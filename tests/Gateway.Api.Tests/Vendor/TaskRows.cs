using Gateway.Simulator;

namespace Gateway.Api.Tests.Vendor;

/// <summary>Tasks: their submits, and what their queries say until they end.</summary>
internal static class TaskRows
{
    private static readonly string[] Running =
    [
        "Preparing", "Queueing", "Processing", "queued", "running", "RUNNING", "in_progress", "Pending", "Submitted"
    ];
    private static readonly string[] Succeeded =
    [
        "Success", "success", "SUCCESS", "SUCCEEDED", "succeeded", "completed", "Completed", "Finish", "Finished", "done"
    ];
    private static readonly string[] Failed = ["Fail", "fail", "Failed", "failed", "FAILED", "error", "Expired", "expired"];
    private static readonly string[] Cancelled = ["canceled", "cancelled", "Cancelled"];
    private static readonly string[] Unknown = ["Rendering", "WAITING_FOR_REVIEW", "审核中"];

    public static IEnumerable<VendorRow> All =>
        [.. Words(), .. Late(), .. NoResult(), .. Troubled(), .. OddTypes(), .. DressedQueries(), .. Submits(), .. NoTask(), .. DressedSubmits(), .. Numbers()];

    private static IEnumerable<VendorRow> Words()
    {
        foreach (var task in VendorTask.All)
        {
            foreach (var word in Succeeded)
                yield return Row(task, $"V6 {task}: words of success", word) with { Upstream = sim => End(sim, task, word) };
            foreach (var word in Failed)
                yield return Row(task, $"V6 {task}: words of failure", word) with
                {
                    JobStatus = "failed",
                    Upstream = sim => End(sim, task, word, new TaskFailure()),
                };
            yield return Row(task, $"V6 {task}: words of failure", "Expired beside a good verdict") with
            {
                JobStatus = "failed",
                Upstream = sim => sim.Script.Always(task.Query, new FaultEffect.TaskSays("Expired", WithResult: false)),
            };
            foreach (var word in Cancelled)
                yield return Row(task, $"V6 {task}: words of a cancel", word) with
                {
                    JobStatus = "cancelled",
                    Used = 0,
                    Upstream = sim => sim.Script.Always(task.Query, new FaultEffect.TaskSays(word, WithResult: false)),
                };
            foreach (var word in Running)
                yield return Row(task, $"V6 {task}: words of work that goes on", word) with
                {
                    Upstream = sim =>
                    {
                        sim.Script.Add(new FaultRule { Operation = task.Query, Effect = new FaultEffect.TaskSays(word), Count = 3 });
                        sim.FinishAllTasks();
                    },
                };
            foreach (var word in Unknown)
                yield return Row(task, $"V6 {task}: unknown words are shown, and the work goes on", word) with
                {
                    Stage = word.ToLowerInvariant(),
                    Upstream = sim => sim.Script.Always(task.Query, new FaultEffect.TaskSays(word)),
                };
            yield return Row(task, $"V6 {task}: unknown words are shown, and the work goes on", "a very long one") with
            {
                Stage = new string('x', 32),
                Upstream = sim => sim.Script.Always(task.Query, new FaultEffect.TaskSays(new string('X', 5000))),
            };
        }
    }

    /// <summary>A success whose file or link comes later.</summary>
    private static IEnumerable<VendorRow> Late() =>
        from task in VendorTask.All
        from polls in new[] { 1, 2, 20 }
        select Row(task, $"V9 {task}: a success whose result comes later is waited for", $"{polls} polls") with
        {
            Script =
            [
                new FaultRule
                {
                    Operation = task.Query,
                    Effect = new FaultEffect.TaskSays(task.Submit == Operation.VideoV2Submit ? "succeeded" : "Success", WithResult: false),
                    Count = polls,
                }
            ],
        };

    // A task that can be asked about later has done its work, and /content asks; without the name of a file there is nothing to ask for.
    private static IEnumerable<VendorRow> NoResult()
    {
        foreach (var task in VendorTask.All)
        {
            var hasLink = task.Submit is Operation.VideoV2Submit or Operation.TemplateSubmit;
            yield return Row(task, $"V9 {task}: a success whose result never comes ends at the hard end, charged", "never") with
            {
                Settings = [($"Gateway:Limits:{task.Kind ?? "speech"}:LongestRun", "00:01:00"), ("Gateway:NodeLease", "10:00:00")],
                Leap = TimeSpan.FromMinutes(1),
                Script =
                [
                    Says.Always(
                        task.Query,
                        new FaultEffect.TaskSays(task.Submit == Operation.VideoV2Submit ? "succeeded" : "Success", WithResult: false))
                ],
                JobStatus = hasLink ? "succeeded" : "failed",
                JobError = hasLink ? null : "hard_end",
                HasContent = false,
            };
        }
    }

    /// <summary>Queries that answer an error, for ever or for a while.</summary>
    private static IEnumerable<VendorRow> Troubled()
    {
        foreach (var task in VendorTask.All)
        {
            foreach (var trouble in new (string Name, FaultEffect Effect, string Shown)[]
            {
                ("2013", new FaultEffect.BaseResp(2013, "invalid params, invalid task_id"), "2013"),
                ("1000", new FaultEffect.BaseResp(1000, "unknown error"), "1000"),
                ("4711", new FaultEffect.BaseResp(4711, "something new"), "4711"),
                ("an untyped 2013", Says.Json(Says.Untyped("invalid params, invalid task_id (2013)")), "2013"),
                ("page 502", Says.Page(502), "502"),
                ("404 in a line", Says.Line(404, "404 page not found"), "404"),
            })
            {
                yield return Row(task, $"V15 {task}: a query that fails for ever is told by the job", trouble.Name) with
                {
                    Reason = trouble.Shown,
                    Upstream = sim => sim.Script.Always(task.Query, trouble.Effect),
                };
            }

            foreach (var trouble in Answers.Suspicions.Concat(Answers.Doubts).Concat(Answers.PagesBelow500))
                yield return Row(task, $"V15 {task}: a query that fails for a while ends no task", trouble.Name) with
                {
                    Script = [Says.Next(task.Query, trouble.Effect, 2)],
                    AnyHealth = true,
                };
            yield return Row(task, $"V15 {task}: a query that fails for a while ends no task", "1002") with
            {
                Script = [Says.Next(task.Query, new FaultEffect.BaseResp(1002, "rate limit"), 2)],
                ServesAfterwards = true,
            };
        }
    }

    /// <summary>The right answer, with fields of another type, or with more of them.</summary>
    private static IEnumerable<VendorRow> OddTypes()
    {
        foreach (var (name, body) in new[]
        {
            ("ids as numbers", """{"task_id":$(task_id),"status":"Success","file_id":$(file_id),"base_resp":{"status_code":0}}"""),
            ("a verdict of text", """{"task_id":"$(task_id)","status":"Success","file_id":"$(file_id)","base_resp":{"status_code":"0","status_msg":null}}"""),
            ("no verdict", """{"task_id":"$(task_id)","status":"Success","file_id":"$(file_id)"}"""),
            ("sizes as text and an empty error", """{"task_id":"$(task_id)","status":"Success","file_id":"$(file_id)","video_width":"1920","error":null,"usage":"none","base_resp":{"status_code":0,"status_msg":"success"}}"""),
        })
        {
            yield return Row(
                VendorTask.Video, "V17 video: odd types are read all the same",
                name) with
            { Upstream = sim => AnswerBy(sim, VendorTask.Video, body) };
        }

        foreach (var (name, body) in new[]
        {
            ("an error of null", """{"task":{"id":"$(task.id)","status":"succeeded","error":null,"content":{"url":"$(task.content.url)"},"usage":{"total_seconds":6}}}"""),
            ("an error that is empty", """{"task":{"id":"$(task.id)","status":"succeeded","error":{"code":"","message":""},"content":{"url":"$(task.content.url)"},"usage":{"total_seconds":6}}}"""),
            ("seconds as text", """{"task":{"id":"$(task.id)","status":"succeeded","content":{"url":"$(task.content.url)"},"usage":{"total_seconds":"6"}}}"""),
            ("usage of another type", """{"task":{"id":"$(task.id)","status":"succeeded","content":{"url":"$(task.content.url)"},"usage":"none"}}"""),
            ("its id as a number", """{"task":{"id":$(task.id),"status":"succeeded","content":{"url":"$(task.content.url)"},"usage":{"total_seconds":6}}}"""),
            ("a good verdict beside it", """{"task":{"id":"$(task.id)","status":"succeeded","content":{"url":"$(task.content.url)"},"usage":{"total_seconds":6}},"base_resp":{"status_code":0,"status_msg":"success"}}"""),
        })
        {
            yield return Row(
                VendorTask.VideoV2, "V17 video v2: odd types are read all the same",
                name) with
            { Upstream = sim => AnswerBy(sim, VendorTask.VideoV2, body) };
        }

        foreach (var task in VendorTask.All)
            yield return Row(task, $"V17 {task}: a status that is no text goes on until it ends", "numbers") with
            {
                Script = [Says.Next(task.Query, Says.Json("""{"status":7,"task":{"status":[]},"base_resp":{"status_code":0}}"""), 2)],
            };
    }

    private static IEnumerable<VendorRow> DressedQueries() =>
        from task in VendorTask.All
        from dress in new (string Name, FaultEffect.Answer Effect)[]
        {
            ("gzip'd", new(Accepted: true, Gzip: true)),
            ("as plain text", new(Accepted: true, ContentType: "text/plain")),
            ("without a content type", new(Accepted: true, ContentType: null)),
        }
        select Row(
            task, $"V14 {task}: a query answered in odd dress is read",
            dress.Name) with
        { Script = [Says.Always(task.Query, dress.Effect)] };

    private static IEnumerable<VendorRow> Submits()
    {
        foreach (var task in VendorTask.All)
        {
            foreach (var error in Says.CodedErrors(1002, "rate limit exceeded(RPM)", 429, "rate_limit_error"))
                yield return Row(
                    task,
                    $"V17 {task}: a submit refused with 1002 in any form goes to the next account",
                    error.Name) with
                { Script = [Says.Next(task.Submit, error.Effect)], Sends = 2 };
            foreach (var answer in Answers.Suspicions)
                yield return Row(task, $"V3 {task}: suspicion at a submit goes to the next account", answer.Name) with
                {
                    Script = [Says.Next(task.Submit, answer.Effect)],
                    Sends = 2,
                    Health = [Left.Suspect],
                };
            foreach (var page in Answers.PagesBelow500)
                yield return Row(
                    task, $"V4 {task}: a page at a submit goes to the next account",
                    page.Name) with
                { Script = [Says.Next(task.Submit, page.Effect)], Sends = 2 };
            foreach (var answer in Answers.Doubts)
                yield return Row(task, $"V8 {task}: doubt at a submit is charged and never sent twice", answer.Name) with
                {
                    Settings = [($"Gateway:Limits:{task.Kind ?? "speech"}:LongestRun", "00:01:00"), ("Gateway:NodeLease", "10:00:00")],
                    Leap = TimeSpan.FromMinutes(1),
                    Script = [Says.Always(task.Submit, answer.Effect)],
                    JobStatus = "failed",
                    JobError = "hard_end",
                };
            foreach (var answer in Answers.OfOneAccount)
                yield return Row(task, $"V5 {task}: four of five refuse alike and the fifth takes it", answer.Name) with
                {
                    Accounts = 5,
                    Script = [Says.Next(task.Submit, answer.Effect, 4)],
                    Sends = 5,
                    AnyHealth = true,
                };
        }
    }

    private static IEnumerable<VendorRow> NoTask() =>
        from task in VendorTask.All
        from nothing in Says.NoTask
        select Row(task, $"V12 {task}: a submit that names no task fails, costs nothing and is not sent twice", nothing.Name) with
        {
            Script = [Says.Always(task.Submit, Says.Json(nothing.Body))],
            Status = null,
            JobStatus = "failed",
            JobError = "empty_answer",
            Used = 0,
        };

    private static IEnumerable<VendorRow> DressedSubmits() =>
        from task in VendorTask.All
        from dress in new (string Name, FaultEffect.Answer Effect)[]
        {
            ("gzip'd", new(Accepted: true, Gzip: true)),
            ("as plain text", new(Accepted: true, ContentType: "text/plain")),
            ("without a content type", new(Accepted: true, ContentType: null)),
            ("with its id as a number", new("""{"task_id":$(task_id),"base_resp":{"status_code":0}}""", Accepted: true)),
            ("with its id alone", new("""{"task_id":"$(task_id)"}""", Accepted: true)),
            ("under 201", new(Accepted: true, Status: 201)),
            ("under 202", new(Accepted: true, Status: 202)),
        }
        select Row(
            task, $"V14 {task}: a submit answered in odd dress is accepted",
            dress.Name) with
        { Script = [Says.Next(task.Submit, dress.Effect)], Status = null };

    /// <summary>More of the vendor's own documents against the table.</summary>
    private static IEnumerable<VendorRow> Numbers()
    {
        yield return Row(VendorTask.Video, "V22 video: a failure that names no code is one, and charged", "no verdict") with
        {
            JobStatus = "failed",
            JobError = "upstream_error",
            Upstream = sim => AnswerBy(sim, VendorTask.Video, """{"task_id":"$(task_id)","status":"Fail","file_id":""}"""),
        };
        yield return Row(VendorTask.VideoV2, "V22 video v2: a failure whose code is a number is told with it", "1026") with
        {
            JobStatus = "failed",
            JobError = "moderated",
            Says = ["1026"],
            Upstream = sim =>
                AnswerBy(
                    sim, VendorTask.VideoV2,
                    """{"task":{"id":"1","status":"failed","error":{"code":1026,"message":"input new_sensitive"}}}"""),
        };
    }

    private static VendorRow Row(VendorTask task, string name, string variation) => new(name, variation) { Task = task, Used = task.Price };

    private static void End(MiniMaxSimulator sim, VendorTask task, string word, TaskFailure? failure = null)
    {
        sim.Script.Always(task.Query, new FaultEffect.TaskSays(word));
        sim.FinishAllTasks(failure);
    }

    private static void AnswerBy(MiniMaxSimulator sim, VendorTask task, string body)
    {
        sim.FinishAllTasks();
        sim.Script.Always(task.Query, new FaultEffect.Answer(body, Accepted: true));
    }
}
