/// The `ec2` query protocol, both ways, for every kind of shape. Restates what the public protocol tests of the SDKs
/// pin down (boto/botocore and smithy-lang/smithy, ec2Query), from the server's side: what they send is what we must
/// read, what they read is what we must write.

#include <gtest/gtest.h>

#include <pugixml.hpp>

#include "api/bind.hpp"
#include "api/xml.hpp"

namespace fogling::test {
namespace {

using model::Member;
using model::Shape;
using model::Type;

constexpr Shape kString{.name = "String", .type = Type::string};
constexpr Shape kInteger{.name = "Integer", .type = Type::integer};
constexpr Shape kReal{.name = "Double", .type = Type::real};
constexpr Shape kBoolean{.name = "Boolean", .type = Type::boolean};
constexpr Shape kTime{.name = "DateTime", .type = Type::timestamp};
constexpr Shape kBlob{.name = "Blob", .type = Type::blob};
constexpr std::string_view kFruits[] = {"apple", "pear"};
constexpr Shape kEnum{.name = "Fruit", .type = Type::string, .values = kFruits};

constexpr Member kStringElement{"item", "item", "item", &kString};
constexpr Shape kStrings{.name = "Strings", .type = Type::list, .element = &kStringElement};

extern const Shape kNested;
constexpr Member kNestedElement{"item", "item", "item", &kNested};
constexpr Shape kNestedList{.name = "NestedList", .type = Type::list, .element = &kNestedElement};
constexpr Member kNestedMembers[] = {
    {"StringArg", "StringArg", "stringArg", &kString},
    {"OtherArg", "OtherArg", "otherArg", &kBoolean},
    {"RecursiveArg", "RecursiveArg", "recursiveArg", &kNested},
    {"Children", "Child", "childSet", &kNestedList},
};
const Shape kNested{.name = "Nested", .type = Type::structure, .members = kNestedMembers};

constexpr Member kMembers[] = {
    {"Text", "Text", "text", &kString},       {"Number", "Number", "number", &kInteger},
    {"Ratio", "Ratio", "ratio", &kReal},      {"Flag", "Flag", "flag", &kBoolean},
    {"Time", "Time", "time", &kTime},         {"Data", "Data", "data", &kBlob},
    {"Fruit", "Fruit", "fruit", &kEnum},      {"Names", "Name", "nameSet", &kStrings},
    {"Nested", "Nested", "nested", &kNested}, {"Many", "Many", "manySet", &kNestedList},
};
constexpr Shape kAll{.name = "All", .type = Type::structure, .members = kMembers};

Document bound(std::string_view form) {
  api::Params params;
  params.parse(form);
  return api::bind(params, kAll);
}

std::string code_of(std::string_view form) {
  try {
    return "bound " + bound(form).dump();
  } catch (const ApiError& error) {
    return error.code + ": " + error.message;
  }
}

std::string written(const Document& value, const Shape& shape = kAll) {
  std::string out;
  api::XmlWriter(out, {}, nullptr).write(value, shape);
  return out;
}

// ---- Requests
// --------------------------------------------------------------------------------------------------------

TEST(Bind, ReadsEachKindOfScalar) {
  EXPECT_EQ(
      bound("Action=X&Version=2016-11-15&Text=a%26b+c&Number=-12&Ratio=1.5&Flag=true&Time=2015-01-25T08%3A00%3A00Z"
            "&Data=dmFsdWU%3D&Fruit=pear"),
      Document({{"Text", "a&b c"},
                {"Number", -12},
                {"Ratio", 1.5},
                {"Flag", true},
                {"Time", "2015-01-25T08:00:00.000Z"},
                {"Data", "value"},
                {"Fruit", "pear"}}));
}

TEST(Bind, NestsStructuresByDots) {
  EXPECT_EQ(
      bound("Nested.StringArg=foo&Nested.OtherArg=true&Nested.RecursiveArg.StringArg=baz"),
      Document({{"Nested", {{"StringArg", "foo"}, {"OtherArg", true}, {"RecursiveArg", {{"StringArg", "baz"}}}}}}));
}

TEST(Bind, FlattensListsAndCountsFromAnywhere) {
  const Document three{{"Names", {"a", "b", "c"}}};
  EXPECT_EQ(bound("Name.1=a&Name.2=b&Name.3=c"), three);
  EXPECT_EQ(bound("Name.0=a&Name.1=b&Name.2=c"), three) << "from zero, as Libcloud and fog do";
  EXPECT_EQ(bound("Name.10=c&Name.2=b&Name.01=a"), three) << "gaps, leading zeros, any order: the numeric order counts";
  EXPECT_EQ(bound("Name=a"), Document({{"Names", {"a"}}})) << "no index at all, as VM::EC2 does";
  EXPECT_EQ(
      bound("Many.1.StringArg=hello&Many.2.StringArg=hola&Many.2.Child.1.StringArg=x"),
      Document({{"Many", {{{"StringArg", "hello"}}, {{"StringArg", "hola"}, {"Children", {{{"StringArg", "x"}}}}}}}}));
  EXPECT_EQ(bound("Many.StringArg=hello"), Document({{"Many", {{{"StringArg", "hello"}}}}}));
}

TEST(Bind, EmptyMeansUnsetExceptForText) {
  EXPECT_EQ(bound("Text=&Number=&Flag=&Time=&Fruit=&Nested="), Document({{"Text", ""}}));
}

TEST(Bind, TakesTheLastOfAPostAndTheFirstOfAGet) {
  api::Params params;
  params.parse("Text=first&Text=last");
  EXPECT_EQ(api::bind(params, kAll)["Text"], "last");
  params.set_repeated(api::Params::Repeated::first_wins);
  EXPECT_EQ(api::bind(params, kAll)["Text"], "first");
}

TEST(Bind, RefusesInEc2sWords) {
  EXPECT_EQ(code_of("Foo=1"), "UnknownParameter: The parameter Foo is not recognized");
  EXPECT_EQ(code_of("Nested.Bar=1"), "UnknownParameter: The parameter Bar is not recognized")
      << "the unknown component only";
  EXPECT_EQ(code_of("Many.1.item.Key=1"), "UnknownParameter: The parameter Item is not recognized");
  EXPECT_EQ(code_of("text=1"), "UnknownParameter: The parameter Text is not recognized") << "names are case sensitive";
  EXPECT_TRUE(
      code_of("Number=twelve").starts_with("InvalidParameterValue: Value (twelve) for parameter number is invalid."));
  EXPECT_TRUE(code_of("Flag=perhaps").starts_with("InvalidParameterValue"));
  EXPECT_TRUE(code_of("Time=yesterday").starts_with("InvalidParameterValue"));
  EXPECT_EQ(code_of("Name.-1=a"),
            "InvalidParameterValue: Value (-1) for parameter QueryStringParameter is invalid. Invalid or illegal XML "
            "character "
            "specified");
  constexpr const char* kIllegal =
      "InvalidCharacter: Your request contains an invalid XML character and can not be processed.";
  EXPECT_EQ(code_of("Text=%01"), kIllegal) << "nothing that XML cannot carry";
  EXPECT_EQ(code_of("Text=%ff%fe"), kIllegal) << "no UTF-8";
}

TEST(Bind, IsNotDrivenIntoTheGroundByDepth) {
  std::string path = "Nested";
  for (int i = 0; i < 10'000; ++i) path += ".RecursiveArg";
  EXPECT_TRUE(code_of(path + ".StringArg=x").starts_with("UnknownParameter"));
}

// ---- Answers
// ---------------------------------------------------------------------------------------------------------

TEST(Xml, WritesEachKindOfScalar) {
  EXPECT_EQ(written({{"Text", "a<b&\"c\""},
                     {"Number", -12},
                     {"Ratio", 5.5},
                     {"Flag", false},
                     {"Time", "2014-04-29T18:30:38.000Z"},
                     {"Data", "value"}}),
            "<text>a&lt;b&amp;\"c\"</text><number>-12</number><ratio>5.5</ratio><flag>false</flag>"
            "<time>2014-04-29T18:30:38.000Z</time><data>dmFsdWU=</data>");
}

TEST(Xml, WritesListsUnderOneWrapper) {
  EXPECT_EQ(written({{"Names", {"foo", "bar"}}}), "<nameSet><item>foo</item><item>bar</item></nameSet>");
  EXPECT_EQ(written({{"Names", Document::array()}}), "<nameSet/>") << "an empty list is an empty element";
  EXPECT_EQ(written(Document::object()), "") << "an absent one is none";
}

TEST(Xml, WritesEmptyTextAsAnEmptyElement) { EXPECT_EQ(written({{"Text", ""}, {"Data", ""}}), "<text/><data/>"); }

TEST(Xml, NestsAndRecurs) {
  EXPECT_EQ(written({{"Nested", {{"StringArg", "a"}, {"RecursiveArg", {{"StringArg", "b"}}}}}}),
            "<nested><stringArg>a</stringArg><recursiveArg><stringArg>b</stringArg></recursiveArg></nested>");
}

TEST(Xml, WritesMembersInTheShapesOrder) {
  EXPECT_EQ(written({{"Flag", true}, {"Text", "x"}, {"Number", 1}}),
            "<text>x</text><number>1</number><flag>true</flag>");
}

TEST(Xml, RefusesWhatTheModelDoesNotHave) { EXPECT_THROW(written({{"Nonsense", 1}}), std::logic_error); }

TEST(Xml, WritesTheEnvelopes) {
  const auto& operation = *model::find_operation("DescribeKeyPairs");
  const std::string body = api::write_answer(operation, "0d9c9b1e-6a54-4c4e-9a53-5b8f3a7c1e22",
                                             {{"KeyPairs", Document::array()}}, {}, nullptr);
  EXPECT_EQ(
      body,
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<DescribeKeyPairsResponse "
      "xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>0d9c9b1e-6a54-4c4e-9a53-5b8f3a7c1e22</requestId>"
      "<keySet/></DescribeKeyPairsResponse>");
  EXPECT_EQ(
      api::write_error({"InvalidInstanceID.NotFound", "The instance ID 'i-1' does not exist"}, "id"),
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>InvalidInstanceID.NotFound</Code>"
      "<Message>The instance ID 'i-1' does not exist</Message></Error></Errors><RequestID>id</RequestID></Response>");
  const auto& silent = *model::find_operation("RebootInstances");
  EXPECT_NE(api::write_answer(silent, "x", {}, {}, nullptr).find("<return>true</return>"), std::string::npos);
}

TEST(Xml, EveryAnswerIsWellFormed) {
  // Whatever bytes a client managed to store, what we write can be read.
  std::string nasty;
  for (int c = 1; c < 128; ++c) nasty += static_cast<char>(c);
  pugi::xml_document parsed;
  EXPECT_TRUE(parsed.load_string(("<x>" + written({{"Text", nasty}}) + "</x>").c_str()));
}

TEST(Fragments, AreKeptUntilDroppedAndBounded) {
  api::Fragments fragments(100);
  std::string out;
  fragments.keep("i-1", "<item><a>1</a></item>");
  EXPECT_TRUE(fragments.append_to(out, "i-1"));
  fragments.drop("i-1");
  EXPECT_FALSE(fragments.append_to(out, "i-1"));
  fragments.keep("i-2", "<item><a>2</a></item>");
  fragments.keep("i-3", "<item><a>3</a></item>");
  EXPECT_FALSE(fragments.append_to(out, "i-2")) << "made room";
  EXPECT_TRUE(fragments.append_to(out, "i-3"));
  EXPECT_EQ(out, "<item><a>1</a></item><item><a>3</a></item>");
}

TEST(Fragments, AreGivenBackAsTheyWere) {
  const std::string items[] = {"<item><a>1</a><b>x &lt; y</b><c/></item>",
                               "<item><a>22</a><b>x</b><c/></item>",
                               "<item><a>1</a><b></b><c/></item>",
                               "<item><a></a><b>1</b><c/></item>",
                               "<item><a>1</a><c>5</c></item>",
                               "<item><a>333</a><b>x &lt; y</b><c/></item>",
                               "<item></item>",
                               "<item>" + std::string(70'000, 'z') + "</item>",
                               "<item>short</item>"};
  api::Fragments fragments;
  for (std::size_t i = 0; i < std::size(items); ++i) fragments.keep(std::to_string(i), items[i]);
  for (std::size_t i = 0; i < std::size(items); ++i) {
    std::string out;
    const bool is_kept = fragments.append_to(out, std::to_string(i));
    EXPECT_EQ(out, is_kept ? items[i] : "");
  }
  std::string out;
  EXPECT_TRUE(fragments.append_to(out, "5"));
  fragments.keep("5", items[1]);
  out.clear();
  EXPECT_TRUE(fragments.append_to(out, "5"));
  EXPECT_EQ(out, items[1]);
}

}  // namespace
}  // namespace fogling::test
