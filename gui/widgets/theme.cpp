#include "gui/widgets/theme.h"

#include <QApplication>
#include <QFontDatabase>
#include <QProxyStyle>
#include <QToolTip>

namespace meseta::console {

namespace {

struct Colors
{
    QRgb window, surface, raised, alternate, rail, hover, text, muted, border, strong;
    QRgb highlight, highlighted, link, accent, onAccent, track, used, offered;
    QRgb good, busy, bad;
    QRgb goodBack, busyBack, badBack, accentBack;
};

constexpr Colors light{0xfff5f6f8, 0xffffffff, 0xffffffff, 0xfffafbfc, 0xffeceff3,
                       0xffe6ebf2, 0xff1a2029, 0xff586373, 0xffdde2e9, 0xffc3cad4,
                       0xffdce8fd, 0xff12233f, 0xff1f5fc4, 0xff2a66cf, 0xffffffff,
                       0xffe4e8ee, 0xff2f6fd6, 0xffa9c8f6, 0xff17784a, 0xff9a5b00,
                       0xffbe3226, 0xffe3f4ea, 0xfffdf1d8, 0xfffce8e6, 0xffe6effd};
constexpr Colors dark{0xff15181d, 0xff1b1f26, 0xff252b34, 0xff1e232a, 0xff111418,
                      0xff272d37, 0xffe5e9ef, 0xff99a4b4, 0xff2c323c, 0xff434c59,
                      0xff254476, 0xffffffff, 0xff86b2ff, 0xff4d8bf0, 0xff0b1220,
                      0xff2b313b, 0xff5b95f5, 0xff345688, 0xff4fca8c, 0xfff0b24f,
                      0xffff8175, 0xff17352a, 0xff3c2f14, 0xff43211f, 0xff1c3154};

struct State
{
    Theme::Mode mode = Theme::Mode::System;
    bool dark = false;
    bool systemDark = false;
    bool systemKnown = false;
    double fontScale = 1;
    QFont baseFont;
};

State &state()
{
    static State instance;
    return instance;
}

const Colors &colors()
{
    return state().dark ? dark : light;
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
    set(QPalette::Base, c.surface, c.window);
    set(QPalette::AlternateBase, c.alternate, c.window);
    set(QPalette::ToolTipBase, c.raised, c.raised);
    set(QPalette::PlaceholderText, c.muted, c.muted);
    set(QPalette::Button, c.raised, c.window);
    set(QPalette::Highlight, c.highlight, c.border);
    set(QPalette::HighlightedText, c.highlighted, c.muted);
    set(QPalette::Link, c.link, c.muted);
    set(QPalette::LinkVisited, c.link, c.muted);
    set(QPalette::Light, c.raised, c.raised);
    set(QPalette::Midlight, c.border, c.border);
    set(QPalette::Mid, c.border, c.border);
    set(QPalette::Dark, c.strong, c.border);
    set(QPalette::Shadow, c.strong, c.border);
    return palette;
}

QString hex(QRgb color)
{
    return QColor(color).name();
}

/// What Fusion draws too heavily for a calm desktop is drawn flat.
QString styleSheet(const Colors &c)
{
    QString sheet = QStringLiteral(R"(
QToolTip { color: @text; background: @raised; border: 1px solid @border; padding: 4px 6px; }
QPushButton, QToolButton[flatButton="false"] {
    background: @raised; border: 1px solid @strong; border-radius: 5px; padding: 5px 12px; }
QPushButton:hover { background: @hover; }
QPushButton:pressed { background: @border; }
QPushButton:focus { border: 1px solid @accent; }
QPushButton:disabled { color: @muted; background: @window; border-color: @border; }
QPushButton[primary="true"] { background: @accent; color: @onAccent; border-color: @accent; }
QPushButton[primary="true"]:hover { background: @link; }
QPushButton[primary="true"]:disabled { background: @track; color: @muted; border-color: @track; }
QPushButton[danger="true"] { color: @bad; border-color: @bad; }
QPushButton[flat="true"], QToolButton { background: transparent; border: 1px solid transparent;
    border-radius: 5px; padding: 4px 6px; }
QToolButton:hover, QPushButton[flat="true"]:hover { background: @hover; }
QToolButton:checked, QPushButton[flat="true"]:checked { background: @highlight; }
QToolButton:focus, QPushButton[flat="true"]:focus { border-color: @accent; }
QPushButton[link="true"] { text-align: left; padding: 1px 0; border: 0; color: @link; }
QPushButton[link="true"]:focus { border: 0; text-decoration: underline; }
QToolButton::menu-indicator { image: none; }
QLineEdit, QPlainTextEdit, QSpinBox, QDoubleSpinBox, QComboBox {
    background: @surface; border: 1px solid @strong; border-radius: 5px; padding: 4px 8px;
    selection-background-color: @highlight; selection-color: @highlighted; }
QLineEdit:focus, QPlainTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus,
QComboBox:focus { border: 1px solid @accent; }
QLineEdit[wrong="true"] { border: 1px solid @bad; }
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled {
    background: @window; color: @muted; border-color: @border; }
QComboBox::drop-down { border: 0; width: @22px; }
QComboBox::down-arrow, QSpinBox::down-arrow, QDoubleSpinBox::down-arrow {
    image: url(:/icons/controls/down-@shade.svg); width: @12px; height: @12px; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow {
    image: url(:/icons/controls/up-@shade.svg); width: @12px; height: @12px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: 0; width: @20px;
    background: transparent; }
QHeaderView::down-arrow { image: url(:/icons/controls/down-@shade.svg); width: @11px; height: @11px;
    subcontrol-position: center right; subcontrol-origin: padding; right: -2px; }
QHeaderView::up-arrow { image: url(:/icons/controls/up-@shade.svg); width: @11px; height: @11px;
    subcontrol-position: center right; subcontrol-origin: padding; right: -2px; }
QListView::item { padding: 5px 8px; border-radius: 4px; }
QListView::item:hover { background: @hover; }
QListView::item:selected { background: @highlight; color: @highlighted; }
QTreeView::item { border: 0; padding: 4px 2px; }
QTreeView::item:hover { background: @hover; }
QTreeView::item:selected { background: @highlight; color: @highlighted; }
QTableWidget::item { border: 0; padding: 0 10px; }
QTableWidget::item:selected { background: @highlight; color: @highlighted; }
QAbstractItemView { outline: 0; }
QAbstractScrollArea::corner { background: transparent; border: 0; }
QComboBox QAbstractItemView { background: @raised; border: 1px solid @border; outline: 0; }
QHeaderView { background: @surface; border: 0; }
QHeaderView::section { background: @surface; color: @muted; border: 0;
    border-bottom: 1px solid @border; padding: 5px 10px; }
QHeaderView::section:hover { color: @text; }
QTableView, QTreeView, QListView { border: 0; background: @surface; }
QTabBar::tab { padding: 6px 12px; color: @muted; border: 0; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: @text; border-bottom: 2px solid @accent; }
QTabBar::tab:hover { color: @text; }
QTabBar::tab:focus { color: @link; }
QTabWidget::pane { border: 0; border-top: 1px solid @border; }
QMenuBar { background: @rail; }
QMenuBar::item { padding: 4px 10px; background: transparent; border-radius: 4px; }
QMenuBar::item:selected { background: @hover; }
QMenu { background: @raised; border: 1px solid @border; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 10px; border-radius: 4px; }
QMenu::item:selected { background: @highlight; color: @highlighted; }
QMenu::item:disabled { color: @muted; }
QMenu::icon { left: 8px; }
QMenu::indicator { width: @14px; height: @14px; left: 8px; border: 1px solid @strong;
    border-radius: 4px; background: @surface; }
QMenu::indicator:checked { background: @accent; border-color: @accent;
    image: url(:/icons/controls/check-@shade.svg); }
QMenu::right-arrow { width: @12px; height: @12px; }
QMenu::separator { height: 1px; background: @border; margin: 4px 6px; }
QScrollBar:vertical { width: 12px; background: transparent; margin: 0; }
QScrollBar:horizontal { height: 12px; background: transparent; margin: 0; }
QScrollBar::handle { background: @strong; border-radius: 3px; margin: 3px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: @muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: @border; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QStatusBar { background: @rail; color: @muted; }
QStatusBar::item { border: 0; }
QGroupBox { border: 0; margin-top: 22px; font-weight: 600; }
QGroupBox::title { subcontrol-origin: margin; left: 0; }
QCheckBox { spacing: 8px; }
QCheckBox::indicator { width: @14px; height: @14px; border: 1px solid @strong; border-radius: 4px;
    background: @surface; }
QCheckBox::indicator:focus, QCheckBox::indicator:hover { border-color: @accent; }
QCheckBox::indicator:checked { background: @accent; border-color: @accent;
    image: url(:/icons/controls/check-@shade.svg); }
QCheckBox::indicator:disabled { border-color: @border; background: @window; }
QSlider::groove:horizontal { height: 4px; background: @track; border-radius: 2px; }
QSlider::sub-page:horizontal { background: @used; border-radius: 2px; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -5px 0; border-radius: 7px;
    background: @accent; }
QProgressBar { background: @track; border: 0; border-radius: 3px; max-height: 6px; }
QProgressBar::chunk { background: @used; border-radius: 3px; }
)");
    const std::pair<const char *, QRgb> names[] = {
        {"@onAccent", c.onAccent},
        {"@highlighted", c.highlighted},
        {"@highlight", c.highlight},
        {"@surface", c.surface},
        {"@window", c.window},
        {"@raised", c.raised},
        {"@rail", c.rail},
        {"@hover", c.hover},
        {"@text", c.text},
        {"@muted", c.muted},
        {"@border", c.border},
        {"@strong", c.strong},
        {"@accent", c.accent},
        {"@link", c.link},
        {"@track", c.track},
        {"@used", c.used},
        {"@bad", c.bad},
    };
    sheet.replace(QLatin1String("@shade"),
                  state().dark ? QLatin1String("dark") : QLatin1String("light"));
    for (const auto &[name, color] : names)
        sheet.replace(QLatin1String(name), hex(color));
    for (const int side : {11, 12, 14, 20, 22}) // grow with the text beside them
        sheet.replace(QStringLiteral("@%1px").arg(side),
                      QStringLiteral("%1px").arg(qRound(side * state().fontScale)));
    return sheet;
}

/// Fusion, without the pictures that a desktop may put on the buttons of dialogs: ours have words.
/// Pictures beside words grow with them.
class PlainStyle : public QProxyStyle
{
public:
    PlainStyle() : QProxyStyle(QStringLiteral("Fusion")) { }

    int styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget,
                  QStyleHintReturn *result) const override
    {
        return hint == SH_DialogButtonBox_ButtonsHaveIcons
            ? 0
            : QProxyStyle::styleHint(hint, option, widget, result);
    }

    int pixelMetric(PixelMetric metric, const QStyleOption *option,
                    const QWidget *widget) const override
    {
        const int pixels = QProxyStyle::pixelMetric(metric, option, widget);
        const bool isPicture = metric == PM_SmallIconSize || metric == PM_ButtonIconSize;
        return isPicture ? qRound(pixels * state().fontScale) : pixels; // others follow these
    }
};

QFont scaled(double factor, QFont::Weight weight)
{
    QFont font = QApplication::font();
    font.setPointSizeF(font.pointSizeF() * factor);
    font.setWeight(weight);
    return font;
}

} // namespace

void Theme::apply(QApplication &application, Mode mode, double fontScale)
{
    State &s = state();
    if (!s.systemKnown) { // before our own palette hides the platform's
        const QPalette palette = QApplication::palette();
        s.systemDark = palette.color(QPalette::Window).lightness()
            < palette.color(QPalette::WindowText).lightness();
        s.baseFont = application.font();
        s.systemKnown = true;
    }
    s.mode = mode;
    s.fontScale = fontScale;
    s.dark = mode == Mode::Dark || (mode == Mode::System && s.systemDark);
    application.setStyle(new PlainStyle);
    const QPalette palette = makePalette(colors());
    application.setPalette(palette);
    QToolTip::setPalette(palette);
    // Chinese in the regular weight of one family, whatever the locale of the machine.
    QFont font = s.baseFont;
    font.setFamilies(
        {font.family(), QStringLiteral("Noto Sans CJK SC"), QStringLiteral("WenQuanYi Zen Hei")});
    font.setPointSizeF(s.baseFont.pointSizeF() * fontScale);
    application.setFont(font);
    application.setStyleSheet(styleSheet(colors()));
}

Theme::Mode Theme::mode()
{
    return state().mode;
}

double Theme::fontScale()
{
    return state().fontScale;
}

bool Theme::isDark()
{
    return state().dark;
}

Theme::Mode Theme::modeOf(const QString &name)
{
    return name == QLatin1String("dark") ? Mode::Dark
        : name == QLatin1String("light") ? Mode::Light
                                         : Mode::System;
}

QString Theme::nameOf(Mode mode)
{
    return mode == Mode::Dark ? QStringLiteral("dark")
        : mode == Mode::Light ? QStringLiteral("light")
                              : QStringLiteral("system");
}

QColor Theme::tone(Tone tone)
{
    const Colors &c = colors();
    switch (tone) {
    case Tone::Muted:
        return QColor(c.muted);
    case Tone::Good:
        return QColor(c.good);
    case Tone::Busy:
        return QColor(c.busy);
    case Tone::Bad:
        return QColor(c.bad);
    case Tone::Accent:
        return QColor(c.link);
    case Tone::Neutral:
        break;
    }
    return QColor(c.text);
}

QColor Theme::notice(Tone tone)
{
    const Colors &c = colors();
    switch (tone) {
    case Tone::Good:
        return QColor(c.goodBack);
    case Tone::Busy:
        return QColor(c.busyBack);
    case Tone::Bad:
        return QColor(c.badBack);
    default:
        return QColor(c.accentBack);
    }
}

QColor Theme::used()
{
    return QColor(colors().used);
}
QColor Theme::offered()
{
    return QColor(colors().offered);
}
QColor Theme::track()
{
    return QColor(colors().track);
}
QColor Theme::muted()
{
    return QColor(colors().muted);
}
QColor Theme::border()
{
    return QColor(colors().border);
}
QColor Theme::surface()
{
    return QColor(colors().surface);
}
QColor Theme::rail()
{
    return QColor(colors().rail);
}
QColor Theme::hover()
{
    return QColor(colors().hover);
}

QFont Theme::titleFont()
{
    return scaled(1.4, QFont::DemiBold);
}

QFont Theme::headingFont()
{
    return scaled(1.0, QFont::DemiBold);
}

QFont Theme::smallFont()
{
    return scaled(0.9, QFont::Normal);
}

QFont Theme::fixedFont()
{
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setPointSizeF(QApplication::font().pointSizeF());
    return font;
}

int Theme::rowHeight()
{
    return QFontMetrics(QApplication::font()).height() + 11;
}

} // namespace meseta::console
