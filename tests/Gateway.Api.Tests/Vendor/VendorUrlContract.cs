using Gateway.Api.Tests.Support;
using Gateway.Simulator;

namespace Gateway.Api.Tests.Vendor;

/// <summary>
/// V8: an account whose url is more than the vendor's address is mended, or refused with the cure; it never fails half of all calls.
/// </summary>
public abstract class VendorUrlContract : GatewayTest
{
    private protected VendorUrlContract(TestData data)
        : base(data)
    {
    }

    private Task<Answer> AddAsync(string suffix) =>
        Admin.PostAsync(
            "/v1/minimax/accounts",
            new { url = Sim.BaseUrl.GetLeftPart(UriPartial.Authority) + suffix, driver = "platform", token = $"key{suffix}", maxJobs = 2 });

    [Fact]
    public async Task V8_a_url_with_a_path_of_the_vendors_is_mended_or_refused_with_the_cure()
    {
        foreach (var suffix in new[] { "", "/", "/v1", "/v1/", "/v2", "/anthropic", "/anthropic/v1", "/v1/text/chatcompletion_v2", "/v1/chat/completions", "/v1/video_generation" })
        {
            var added = await AddAsync(suffix);
            if (added.Status == 400)
            {
                Assert.True(suffix.Length > 1, added.Body);
                Assert.Contains("url", added.Body, StringComparison.Ordinal);
                continue;
            }

            var account = added.Expect(201).Text("account");
            Assert.Equal(0, (await Admin.PostAsync(VendorWork.Chat.Path, VendorWork.Chat.Body)).Expect(200).BaseResp);
            Assert.Equal(VendorWork.Chat.Path, Sim.Ledger.Requests(Operation.Chat)[^1].Path);
            (await Admin.DeleteAsync($"/v1/minimax/accounts/{account}")).Expect(200);
        }
    }

    [Fact]
    public async Task V8_a_proxys_own_path_in_front_of_the_vendors_stays()
    {
        await using var proxy = await RawUpstream.StartAsync(async context =>
        {
            if (context.Request.Path == "/minimax/v1/text/chatcompletion_v2")
                await context.Response.WriteAsync(VendorWork.Chat.OneAnswer, context.RequestAborted);
            else context.Response.StatusCode = StatusCodes.Status404NotFound;
        });
        var added = await Admin.PostAsync(
            "/v1/minimax/accounts",
            new { url = new Uri(proxy.BaseUrl, "/minimax").ToString(), driver = "platform", token = "key-a", maxJobs = 2 });
        if (added.Status == 400) return; // a path may be refused, but not ignored

        added.Expect(201);
        Assert.Contains(
            "Hello", (await Admin.PostAsync(VendorWork.Chat.Path, VendorWork.Chat.Body)).Expect(200).Body, StringComparison.Ordinal);
    }
}

public sealed class SqliteVendorUrls() : VendorUrlContract(new SqliteData());

public sealed class PostgresVendorUrls() : VendorUrlContract(new PostgresData());
