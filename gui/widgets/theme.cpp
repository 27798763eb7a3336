#include "gui/widgets/theme.h"

#include <QApplication>
#include <QStyleFactory>
#include <QToolTip>

#include "gui/model/rows.h"

namespace meseta::console {

Theme::Kind Theme::s_kind = Theme::Kind::Light;

namespace {

struct Colors
{
    QRgb window, base, alternate, text, muted, button, highlight, highlighted, link, border;
};

constexpr Colors light{0xfff4f6f8, 0xffffffff, 0xfff8f9fb, 0xff1d242d, 0xff5b6673,
                       0xffffffff, 0xffd8e5fb, 0xff15233a, 0xff1d57b4, 0xffd7dce2};
constexpr Colors dark{0xff1c2026, 0xff15181d, 0xff191d22, 0xffe6e9ee, 0xff9aa5b3,
                      0xff262b33, 0xff27436f, 0xffffffff, 0xff7fb0ff, 0xff343b45};

const Colors &colors(Theme::Kind kind)
{
    return kind == Theme::Kind::Dark ? dark : light;
}

QPalette makePalette(const Colors &c)
{
    QPalette palette;
    const auto set = [&](QPalette::ColorRole role, QRgb color, QRgb disabled) {
        palette.setColor(QPalette::Active, role, QColor(color));
        palette.setColor(QPalette::Inactive, role, QColor(color));
        palette.setColor(QPalette::Disabled, role, QColor(disabled));
    };
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText,
                            QPalette::ToolTipText, QPalette::BrightText})
        set(role, c.text, c.muted);
    set(QPalette::Window, c.window, c.window);
    set(QPalette::Base, c.base, c.window);
    set(QPalette::AlternateBase, c.alternate, c.window);
    set(QPalette::ToolTipBase, c.button, c.button);
    set(QPalette::PlaceholderText, c.muted, c.muted);
    set(QPalette::Button, c.button, c.window);
    set(QPalette::Highlight, c.highlight, c.border);
    set(QPalette::HighlightedText, c.highlighted, c.text);
    set(QPalette::Link, c.link, c.muted);
    set(QPalette::LinkVisited, c.link, c.muted);
    const QColor border(c.border);
    set(QPalette::Light, c.button, c.button);
    set(QPalette::Midlight, border.lighter(108).rgb(), border.rgb());
    set(QPalette::Mid, border.rgb(), border.rgb());
    set(QPalette::Dark, border.darker(125).rgb(), border.rgb());
    set(QPalette::Shadow, border.darker(160).rgb(), border.rgb());
    return palette;
}

QColor pick(QRgb inLight, QRgb inDark, Theme::Kind kind)
{
    return QColor(kind == Theme::Kind::Dark ? inDark : inLight);
}

} // namespace

void Theme::apply(QApplication &application, Kind kind)
{
    s_kind = kind;
    application.setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    const QPalette palette = makePalette(colors(kind));
    application.setPalette(palette);
    QToolTip::setPalette(palette);
    // Chinese in the regular weight of one family, whatever the locale of the machine.
    QFont font = application.font();
    font.setFamilies(
        {font.family(), QStringLiteral("Noto Sans CJK SC"), QStringLiteral("WenQuanYi Zen Hei")});
    application.setFont(font);
}

Theme::Kind Theme::systemKind()
{
    const QPalette palette;
    return palette.color(QPalette::Window).lightness()
            < palette.color(QPalette::WindowText).lightness()
        ? Kind::Dark
        : Kind::Light;
}

QColor Theme::stateColor(mesos::v1::TaskState state)
{
    if (state == mesos::v1::TASK_RUNNING)
        return pick(0xff1a7f4b, 0xff4ecb8d, s_kind);
    if (state == mesos::v1::TASK_FINISHED || state == mesos::v1::TASK_KILLED)
        return muted();
    if (isTerminal(state))
        return pick(0xffc0392b, 0xffff7b6e, s_kind);
    return pick(0xffb26a00, 0xfff0b04f, s_kind);
}

QColor Theme::used()
{
    return pick(0xff2563c9, 0xff5b93f0, s_kind);
}
QColor Theme::offered()
{
    return pick(0xff9dc0f2, 0xff2f4f80, s_kind);
}
QColor Theme::track()
{
    return pick(0xffe3e7ec, 0xff2b313a, s_kind);
}
QColor Theme::muted()
{
    return QColor(colors(s_kind).muted);
}
QColor Theme::warning()
{
    return pick(0xfffff3d6, 0xff4a3a12, s_kind);
}
QColor Theme::border()
{
    return QColor(colors(s_kind).border);
}

} // namespace meseta::console
