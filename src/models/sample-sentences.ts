/** Language of {@link SAMPLE_SENTENCES}. */
export const SAMPLE_LANGUAGE = 'en';

/** Sentences of everyday texts to try a translation model on where nobody has given better ones. Two hundred, no two alike. */
export const SAMPLE_SENTENCES: readonly string[] = `
The train to Manchester leaves from platform nine at a quarter past seven.
Please keep your ticket until you have left the station.
She has worked as a nurse in the same hospital for almost twenty years.
We could not find the key, so we climbed in through the kitchen window.
The price of bread has risen by twelve per cent since January.
Turn off the water before you remove the old tap.
Nobody knows why the lighthouse was built so far from the coast.
My grandmother grows tomatoes, beans and three kinds of lettuce behind the house.
The committee will publish its report at the end of the month.
If it rains tomorrow, the match will be played on Sunday instead.
The engine makes a strange noise when the car is cold.
He apologised for being late and sat down at the far end of the table.
Add two spoons of sugar and stir until the mixture is smooth.
The museum is closed on Mondays and on public holidays.
Scientists have discovered water on a planet outside our solar system.
Your password must have at least twelve characters.
The children were so tired that they fell asleep in the back of the car.
A small earthquake was felt in the north of the country early this morning.
Can you tell me where the nearest pharmacy is?
The contract ends on 31 December 2027 unless both sides agree to renew it.
I would rather walk than wait another half hour for the bus.
The bridge over the river was closed after the flood.
Most of the students had never read a newspaper made of paper.
Our office moved to the third floor in March.
The doctor told him to drink more water and to sleep at least seven hours.
Somebody has left an umbrella under the second chair.
The old theatre was sold to a company from Chicago for four million dollars.
Save your work before you close the window.
The bakery on the corner opens at half past five in the morning.
They planted more than a thousand trees along the new road.
The court decided that the fine had to be paid back.
You can change the language of the menu in the settings.
The soup tastes better if you let it stand for a day.
Three members of the crew were taken to hospital with light injuries.
The farmer looked at the sky and began to gather the hay.
Is there a cheaper room with a view of the garden?
The battery lasts about ten hours when the screen is not too bright.
Her first novel was translated into thirty languages.
We are sorry, but this number is no longer in service.
The new law protects people who report mistakes in their companies.
The cat sleeps on the warm stones in front of the door.
Unemployment fell to its lowest level in fifteen years.
Wash your hands thoroughly before you touch the dough.
The prime minister met the leaders of four neighbouring countries.
It took the firemen six hours to put out the fire.
The meeting has been moved from Tuesday to Thursday at 2 p.m.
He speaks Portuguese as if he had grown up in Lisbon.
This medicine must not be given to children under six.
The lake was frozen, and people were skating on it until late at night.
The company plans to hire two hundred engineers next year.
I have forgotten the name of the man who lent us the ladder.
The file could not be opened because it is damaged.
On a clear day you can see the mountains from the roof.
Visitors are asked not to feed the animals.
The orchestra played without a conductor.
Sales in Asia grew faster than in Europe.
He broke his arm when he fell from the apple tree.
The last bus to the airport leaves at 11:40 p.m.
She wrote down every word that the witness said.
The walls were painted yellow, and the doors were green.
Cut the carrots into thin slices and fry them in butter.
The government wants to build fifty thousand new flats by 2030.
Please do not hesitate to contact us if you have any questions.
The dog barked at the postman, as it did every morning.
Our guide explained how the monks used to copy books by hand.
The results of the study will surprise many parents.
There was not a single free table in the whole restaurant.
The satellite sends pictures of the coast every ninety minutes.
I lost my passport somewhere between Vienna and Budapest.
The teacher praised the pupils for their patience.
This bag weighs more than twenty-three kilograms.
The river carries less water every summer.
The price includes breakfast and the use of the swimming pool.
The police are looking for a man of about forty with a grey beard.
The actor thanked his parents and the director of the film.
To install the update, restart the device.
The village has only eighty inhabitants and two churches.
He asked whether the seat next to the window was free.
The storm tore the roofs from several houses.
The young goalkeeper stopped two penalties in the final.
We need a bigger box for the glasses.
The library lends books, films and musical instruments.
The patient has had a fever for three days.
Oil and water do not mix.
The shop gives back your money if you bring the receipt.
The ship reached the harbour two days later than planned.
In the evening the whole family sat around the fire and told stories.
The bank will never ask you for your PIN by e-mail.
He would have won if he had not fallen in the last lap.
The garden behind the castle is open to everybody.
Tickets cost eight euros for adults and five for students.
The temperature dropped to minus fourteen degrees.
She opened the letter with a knife and read it twice.
The factory produces enough glass for a million bottles a day.
The parliament voted against the proposal by a narrow majority.
Bring a warm jacket, because the nights are cold up there.
The printer is out of paper again.
The two brothers had not spoken to each other since the funeral.
A taxi from the station to the hotel should cost about twenty pounds.
The bees disappeared when the meadow was turned into a car park.
The lecture was so interesting that nobody looked at a phone.
The wheel was invented more than five thousand years ago.
Your order has been sent and will arrive within three working days.
The witness could not remember the colour of the car.
The kitchen smelled of cinnamon and burnt sugar.
The minister resigned after the newspaper had published the letters.
Let the dough rest for an hour under a clean cloth.
The elevator is out of order; please use the stairs.
She is allergic to nuts, eggs and the hair of cats.
The museum bought the painting at an auction in Paris.
The team has scored eleven goals in the last four games.
Check the pressure of the tyres at least once a month.
The rent must be paid by the third of every month.
The fisherman mended his nets while he waited for the tide.
The internet connection is slow in the rooms on the top floor.
Heavy snow blocked the road between the two valleys.
The lawyer advised her client to say nothing.
The camera takes good pictures even when there is little light.
Our neighbours have a piano that nobody can play.
The city will replace all street lamps within five years.
He took off his shoes so as not to wake the baby.
The wine is made from grapes that grow on the southern slope.
The flight was cancelled because of fog.
Only one of the four candidates answered the question.
The carpenter measured the door three times before he cut the wood.
The hospital needs more blood, above all of group O.
The sun sets at about half past four in December.
The engineers tested the bridge with forty loaded lorries.
I will call you back as soon as I know more.
The king was only nine years old when his father died.
The programme ends with an error when the folder is empty.
The waiter recommended the fish, and he was right.
The war destroyed more than half of the old town.
Store the vaccine between two and eight degrees.
The students protested against higher fees.
The mountain hut has beds for thirty guests.
There is a hole in the fence behind the barn.
The new bicycle path follows the old railway line.
The economy grew by 0.3 per cent in the second quarter.
The parrot repeats everything that it hears on the radio.
Would you mind closing the window?
The island can be reached by ferry twice a day.
The inventor never earned any money with his machine.
The dentist said that the tooth had to come out.
The exhibition shows letters, maps and clothes of sailors.
The children built a dam of stones across the brook.
The agreement was signed in Geneva on 4 May.
Press the red button for two seconds to switch off the alarm.
The horse refused to cross the wooden bridge.
The novel begins with the death of a rich uncle.
The number of tourists has doubled within ten years.
The mechanic found a mouse nest under the seat.
The choir is looking for tenors and basses.
If you lose the card, call this number at once.
The desert was once covered with grass.
The chairman thanked everybody for coming and closed the meeting.
The washing machine stops in the middle of the programme.
She can swim two kilometres without a break.
The power went out all over the district at ten past eight.
The monument was damaged by acid rain.
My brother collects coins from countries that no longer exist.
The company denied that it had known about the danger.
Boil the potatoes in their skins for twenty minutes.
The singer cancelled her tour because of an inflamed throat.
The refugees were given blankets and hot tea.
The new phone is thinner, but also more expensive.
The judge believed neither of the two stories.
The garden gate squeaks when the wind blows from the west.
The astronauts will stay in space for six months.
The shoes are too small, and I would like to exchange them.
The valley is famous for its cheese and its wooden churches.
The error has been corrected in version 4.2.
The farmer sells milk, eggs and honey at the market.
The captain was the last to leave the ship.
He read the instructions only after the lamp had fallen down.
The school has a kitchen in which the pupils cook once a week.
The union demands five per cent more pay.
The path is steep and slippery after rain.
The clock in the tower has shown ten to four for years.
The documents were found in a suitcase in the attic.
The virus spreads through the air.
The winner receives a medal and a book.
The painter mixed the blue with a little white.
The bus was so full that we had to stand.
The insurance does not pay for damage caused by water.
The baker gets up at two o'clock every night.
The source of the river was not found until 1862.
The letter arrived with a foreign stamp and without a name.
Click on the picture to make it larger.
The wolves have returned to the forests in the east.
The mayor opened the new swimming pool with a jump into the water.
The bicycle was stolen in front of the town hall.
The experiment was repeated twelve times with the same result.
The guests danced until the musicians went home.
The tunnel will make the journey an hour shorter.
The translation must be finished by Friday noon.
She laughed so loudly that people turned round.
The ice on the pond is not thick enough yet.
Thank you for your help and for your patience.
The coffee machine must be cleaned once a week.
`
  .trim()
  .split('\n');
