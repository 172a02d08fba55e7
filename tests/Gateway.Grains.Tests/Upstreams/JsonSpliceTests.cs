using System.Text;
using System.Text.Json;
using FsCheck.Fluent;
using Gateway.Grains.Tests.Support;
using Gateway.Model.Accounts;
using Gateway.Model.Json;

namespace Gateway.Grains.Tests.Upstreams;

public sealed class JsonSpliceTests
{
    [Theory]
    [InlineData("""{"a":1,"x":2}""", """{"a":1}""")]
    [InlineData("""{"x":2,"a":1}""", """{"a":1}""")]
    [InlineData("""{"x":2}""", "{}")]
    [InlineData("""{ "x" : [1,{"x":3}] , "a" : {"x":1} }""", """{ "a" : {"x":1} }""")]
    [InlineData("""{"x":1,"x":2,"a":1,"x":3}""", """{"a":1}""")]
    [InlineData("""{"\u0078":1,"X":2,"a":1}""", """{"a":1}""")]
    [InlineData("""{"a":1,"x":1,"b":2,"X":3,"x":4,"c":5}""", """{"a":1,"b":2,"c":5}""")]
    [InlineData("""{"a":1}""", """{"a":1}""")]
    public void A_field_is_taken_out_however_it_is_written(string json, string expected) =>
        Assert.Equal(expected, Splice(json, splice => splice.SetField("x", null)));

    [Theory]
    [InlineData("{}", """{"x":"v"}""")]
    [InlineData("""{"a":1}""", """{"x":"v","a":1}""")]
    [InlineData(""" { "x":"old" }""", """ {"x":"v"  }""")]
    [InlineData("""{"x":"old","a":1}""", """{"x":"v","a":1}""")]
    public void A_field_is_put_in_place_of_what_was_there(string json, string expected) =>
        Assert.Equal(expected, Splice(json, splice => splice.SetField("x", "v")));

    [Fact]
    public void Ids_keep_their_type_and_every_other_byte_stays()
    {
        const string Json = """{"file":{"file_id":123456789012345678, "name":"a\/bé"},"files":[{"file_id":"7"},{"file_id":8}]}""";
        var changed = Splice(Json, splice =>
        {
            foreach (var value in JsonValues.Find(Encoding.UTF8.GetBytes(Json), "file.file_id", "files[].file_id"))
                splice.ReplaceId(value, "42");
        });
        Assert.Equal("""{"file":{"file_id":42, "name":"a\/bé"},"files":[{"file_id":"42"},{"file_id":42}]}""", changed);
    }

    [Fact]
    public void Values_are_found_by_path_however_their_names_are_escaped()
    {
        var json = Encoding.UTF8.GetBytes(
            """{"voice_setting":{"voice\u005fid":"a"},"timbre_weights":[{"voice_id":"b","weight":1},{"voice_id":"c"}],"voice_id":{"voice_id":"no"}}""");
        Assert.Equal(
            ["a", "b", "c"],
            JsonValues.Find(json, "voice_setting.voice_id", "timbre_weights[].voice_id", "voice_id").Select(value => value.Text(json)!));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("{\"a\":")]
    [InlineData("[1,2")]
    public void What_is_no_json_has_no_values(string text) => Assert.Empty(JsonValues.Find(Encoding.UTF8.GetBytes(text), "a", "[]"));

    [Fact]
    public void Any_object_without_a_field_equals_the_object_with_that_field_removed()
    {
        var fields = Gen.Elements("a", "b", "x", "\u00e9", "x\"y").Zip(Gen.Elements("1", "\"x\"", "[1,{\"x\":2}]", "{\"x\":null}", "true"));
        Law.HoldsForAll(fields, all =>
        {
            var json = "{" + string.Join(" , ", all.Select(field => $"{JsonSerializer.Serialize(field.Item1)} : {field.Item2}")) + "}";
            using var changed = JsonDocument.Parse(Splice(json, splice => splice.SetField("x", null)));
            Assert.Equal(
                all.Where(field => field.Item1 != "x").Select(field => (field.Item1, field.Item2)),
                changed.RootElement.EnumerateObject().Select(field => (field.Name, field.Value.GetRawText())));
        });
    }

    private static string Splice(string json, Action<JsonSplice> change)
    {
        var splice = new JsonSplice(Encoding.UTF8.GetBytes(json));
        change(splice);
        return Encoding.UTF8.GetString(splice.ToArray());
    }
}
