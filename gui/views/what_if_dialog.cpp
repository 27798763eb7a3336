#include "gui/views/what_if_dialog.h"

#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

#include "gui/model/formats.h"
#include "gui/model/replica.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

constexpr int mostRoles = 500;
constexpr int headerMargin = 18; // the style has margins of its own

QString percent(double share)
{
    return QLocale().toString(share * 100, 'f', 1) + QStringLiteral(" %");
}

Qt::Alignment sideOf(int column)
{
    const bool isText = column == WhatIfDialog::Name || column == WhatIfDialog::Task
        || column == WhatIfDialog::Guarantee || column == WhatIfDialog::Limit;
    return Qt::AlignVCenter | (isText ? Qt::AlignLeft : Qt::AlignRight);
}

QLabel *sentence(const QString &text)
{
    auto *label = new QLabel(text);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

} // namespace

WhatIfDialog::WhatIfDialog(const Replica &replica, QWidget *parent)
    : QDialog(parent), m_replica(replica), m_table(new QTableWidget(0, columnCount))
{
    setWindowTitle(tr("What if?"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(Theme::Large, Theme::Large, Theme::Large, Theme::Medium);
    column->setSpacing(Theme::Medium);
    auto *mark = sentence(tr("Hypothetical: nothing here is sent to the master."));
    mark->setAutoFillBackground(true);
    mark->setMargin(Theme::Small);
    QPalette palette = mark->palette();
    palette.setColor(QPalette::Window, Theme::notice(Tone::Busy));
    mark->setPalette(palette);
    column->addWidget(mark);
    column->addWidget(sentence(
        tr("Change weights, quotas and what a task of a role takes, or add a role. The last column "
           "tells the share of the cluster that each role would end up with, if all were filled up "
           "again task by task, as the master's own allocator decides; fragments are left out of "
           "account. Amounts are written like cpus:2 mem:1GiB disk:10GiB gpus:1.")));
    column->addWidget(m_table, 1);
    column->addWidget(m_problem = sentence({}));
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    buttons->button(QDialogButtonBox::Close)->setText(tr("Close"));
    auto *add = buttons->addButton(tr("&Add a role"), QDialogButtonBox::ActionRole);
    auto *reset = buttons->addButton(tr("As it &is"), QDialogButtonBox::ResetRole);
    add->setObjectName(QStringLiteral("add"));
    for (QPushButton *button : {add, reset})
        button->setAutoDefault(false);
    column->addWidget(buttons);
    connect(add, &QPushButton::clicked, this, &WhatIfDialog::addMadeUp);
    connect(reset, &QPushButton::clicked, this, &WhatIfDialog::fill);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_table, &QTableWidget::cellChanged, this, &WhatIfDialog::edited);
    m_table->setHorizontalHeaderLabels({tr("Role"), tr("Weight"), tr("A task takes"),
                                        tr("Tasks at most"), tr("Guaranteed"), tr("Limit"),
                                        tr("Share now"), tr("Share then")});
    for (int i = 0; i < columnCount; ++i)
        m_table->horizontalHeaderItem(i)->setTextAlignment(sideOf(i));
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(Theme::rowHeight());
    m_table->setShowGrid(false);
    m_table->setAlternatingRowColors(true);
    m_table->setAccessibleName(tr("Roles, and what would follow"));
    m_table->setEditTriggers(QAbstractItemView::AllEditTriggers);
    connect(&replica, &Replica::rolesChanged, this, &WhatIfDialog::takeSettings);
    fill();
    m_table->viewport()->installEventFilter(this);
    int whole = 2 * Theme::Large + 4;
    for (int i = 0; i < columnCount; ++i)
        whole += wantedWidth(i);
    const int em = fontMetrics().height();
    resize(std::min(whole, std::max(1200, em * 64)), std::max(480, em * 26));
}

int WhatIfDialog::titleWidth(int column) const
{
    return QFontMetrics(font()).horizontalAdvance(m_table->horizontalHeaderItem(column)->text())
        + 2 * headerMargin;
}

/// What a column needs for its title and for what usually stands in it.
int WhatIfDialog::wantedWidth(int column) const
{
    static const char *widest[columnCount] = {"analytics/batch",
                                              "1000",
                                              "cpus:0.5 mem:256MiB",
                                              "10000",
                                              "cpus:100 mem:1TiB",
                                              "cpus:100 mem:1TiB",
                                              "100.0 %",
                                              "100.0 %"};
    const int cell = QFontMetrics(font()).horizontalAdvance(QString::fromLatin1(widest[column]));
    return std::max(titleWidth(column), cell + 2 * headerMargin);
}

bool WhatIfDialog::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_table->viewport() && event->type() == QEvent::Resize)
        fitColumns();
    return QDialog::eventFilter(watched, event);
}

/// All columns are in sight: where there is too little room, those of amounts share the lack, and
/// cut what is long.
void WhatIfDialog::fitColumns()
{
    int lack = -m_table->viewport()->width();
    for (int column = 0; column < columnCount; ++column)
        lack += wantedWidth(column);
    const QList<int> elastic{Task, Guarantee, Limit};
    const int each = lack / static_cast<int>(elastic.size()) + 1; // below 0: there is room
    for (int column = 0; column < columnCount; ++column) {
        const int wanted = wantedWidth(column);
        m_table->setColumnWidth(
            column,
            elastic.contains(column) ? std::max(titleWidth(column), wanted - each) : wanted);
    }
}

/// Weights and quotas may come after the dialog has opened; what a person changed stays.
void WhatIfDialog::takeSettings()
{
    if (m_edited)
        return;
    const QList<FairShareRole> now = rolesAsTheyAre(m_replica).mid(0, mostRoles);
    const auto same = [](const FairShareRole &a, const FairShareRole &b) {
        return a.name == b.name && a.weight == b.weight && a.guarantee == b.guarantee
            && a.limit == b.limit;
    };
    if (!std::equal(now.cbegin(), now.cend(), m_roles.cbegin(), m_roles.cend(), same))
        fill();
}

void WhatIfDialog::fill()
{
    m_roles = rolesAsTheyAre(m_replica).mid(0, mostRoles);
    m_filling = true;
    m_table->setRowCount(0);
    for (const FairShareRole &role : std::as_const(m_roles))
        addRow(role);
    m_filling = false;
    m_edited = false;
    reckon();
}

void WhatIfDialog::addRow(const FairShareRole &role)
{
    const int row = m_table->rowCount();
    m_table->insertRow(row);
    const QString texts[columnCount] = {role.name,
                                        amountText(role.weight),
                                        typedAmounts(role.task),
                                        role.most > 0 ? countText(role.most) : QString(),
                                        typedAmounts(role.guarantee),
                                        typedAmounts(role.limit, -1),
                                        percent(role.shareNow),
                                        {}};
    for (int column = 0; column < columnCount; ++column) {
        auto *item = new QTableWidgetItem(texts[column]);
        const bool fixed = column >= Now || (column == Name && !role.isMadeUp);
        if (fixed)
            item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
        item->setTextAlignment(sideOf(column));
        m_table->setItem(row, column, item);
    }
}

void WhatIfDialog::addMadeUp()
{
    if (m_roles.size() >= mostRoles)
        return;
    FairShareRole role;
    role.isMadeUp = true;
    role.task.cpus = 1;
    role.task.memory = 1024;
    for (int number = 1; role.name.isEmpty(); ++number) {
        const QString name = QStringLiteral("new-%1").arg(number);
        if (std::none_of(m_roles.cbegin(), m_roles.cend(),
                         [&](const FairShareRole &known) { return known.name == name; }))
            role.name = name;
    }
    m_roles.append(role);
    m_edited = true;
    m_filling = true;
    addRow(role);
    m_filling = false;
    m_table->setCurrentCell(m_table->rowCount() - 1, Name);
    reckon();
}

/// A number that makes no sense is told and not taken over.
void WhatIfDialog::edited(int row, int column)
{
    if (m_filling || row >= m_roles.size())
        return;
    FairShareRole &role = m_roles[row];
    const QString text = m_table->item(row, column)->text().trimmed();
    if (column == Name) {
        const bool taken =
            std::any_of(m_roles.cbegin(), m_roles.cend(), [&](const FairShareRole &other) {
                return &other != &role && other.name == text;
            });
        if (text.isEmpty() || taken)
            return m_problem->setText(tr("A role needs a name that no other has."));
        role.name = text;
        return reckon();
    }
    m_edited = true;
    if (column == Task || column == Guarantee || column == Limit)
        return takeAmounts(column == Task            ? role.task
                               : column == Guarantee ? role.guarantee
                                                     : role.limit,
                           text, column == Limit ? -1 : 0);
    bool isNumber = text.isEmpty() && column == Most;
    const double value = isNumber ? 0 : QLocale().toDouble(text, &isNumber);
    const bool isWeight = column == Weight;
    if (!isNumber || !std::isfinite(value) || value < 0 || value > 1e9 || (isWeight && value <= 0))
        return m_problem->setText(tr("\"%1\" is no amount; %2")
                                      .arg(text.left(40),
                                           isWeight ? tr("a weight is above 0.")
                                                    : tr("write a number, or nothing for none.")));
    if (isWeight)
        role.weight = value;
    else
        role.most = static_cast<int>(value);
    reckon();
}

void WhatIfDialog::takeAmounts(Amounts &amounts, const QString &text, double otherwise)
{
    const auto read = parseAmounts(text, otherwise);
    if (!read)
        return m_problem->setText(QString::fromStdString(read.error().message));
    amounts = *read;
    reckon();
}

void WhatIfDialog::reckon()
{
    m_problem->clear();
    const QList<FairShareOutcome> outcomes = fairShares(m_replica.figures().total, m_roles);
    m_filling = true;
    for (int row = 0; row < outcomes.size(); ++row) {
        const double change = outcomes[row].share - m_roles[row].shareNow;
        QTableWidgetItem *item = m_table->item(row, Then);
        item->setText(percent(outcomes[row].share));
        item->setToolTip(tr("%n task(s)", nullptr, outcomes[row].tasks).toHtmlEscaped());
        QFont font = item->font();
        font.setBold(std::abs(change) > 0.005);
        item->setFont(font);
    }
    m_filling = false;
}

} // namespace meseta::console
